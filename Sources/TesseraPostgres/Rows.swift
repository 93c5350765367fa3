import CLibPQ
import TesseraCore

/// What a statement has returned, in PostgreSQL's binary form.
final class Rows {
  let result: OpaquePointer

  /// Takes the result over.
  init(_ result: OpaquePointer) {
    self.result = result
  }

  deinit { PQclear(result) }

  /// How many rows there are.
  var count: Int { Int(PQntuples(result)) }

  /// How many rows the statement has written or removed.
  var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

  /// What the statement was, such as `COMMIT`: in a transaction that has failed, that is answered by `ROLLBACK`.
  var tag: String { String(cString: PQcmdStatus(result)) }

  /// The first row; nil when there is none.
  var first: Row? { count > 0 ? self[0] : nil }

  subscript(index: Int) -> Row { Row(rows: self, index: Int32(index)) }

  /// What is made of each row.
  func map<Value>(_ make: (Row) throws(StoreError) -> Value) throws(StoreError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for index in 0..<count { values.append(try make(self[index])) }
    return values
  }
}

/// One row.
struct Row {
  fileprivate let rows: Rows
  fileprivate let index: Int32

  /// The bytes of a column; nil for NULL.
  fileprivate func bytes(of column: String) throws(StoreError) -> UnsafeRawBufferPointer? {
    let number = PQfnumber(rows.result, column)
    guard number >= 0 else { throw .unreadable("no \(column)") }
    return bytes(at: number)
  }

  /// The bytes of the column with this number; nil for NULL.
  func bytes(at number: Int32) -> UnsafeRawBufferPointer? {
    guard PQgetisnull(rows.result, index, number) == 0 else { return nil }
    return UnsafeRawBufferPointer(
      start: PQgetvalue(rows.result, index, number),
      count: Int(PQgetlength(rows.result, index, number))
    )
  }
}

/// A type that a column can be read as.
protocol ColumnValue {
  /// Nil when the bytes are no such value.
  init?(column bytes: UnsafeRawBufferPointer)
}

extension Row {
  /// The value of a column; nil for NULL.
  func optionalValue<Value: ColumnValue>(_ column: String) throws(StoreError) -> Value? {
    guard let bytes = try bytes(of: column) else { return nil }
    guard let value = Value(column: bytes) else { throw .unreadable("a value of \(column)") }
    return value
  }

  /// The value of a column that is never NULL.
  func value<Value: ColumnValue>(_ column: String) throws(StoreError) -> Value {
    guard let value: Value = try optionalValue(column) else { throw .unreadable("a value of \(column)") }
    return value
  }
}

extension String: ColumnValue {
  init?(column bytes: UnsafeRawBufferPointer) { self.init(validating: bytes, as: UTF8.self) }
}

extension Bool: ColumnValue {
  init?(column bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 1 else { return nil }
    self = bytes[0] != 0
  }
}

extension [UInt8]: ColumnValue {
  init?(column bytes: UnsafeRawBufferPointer) { self.init(bytes) }
}

/// Big-endian, of 2, 4 or 8 bytes.
extension ColumnValue where Self: FixedWidthInteger {
  init?(column bytes: UnsafeRawBufferPointer) {
    guard [2, 4, 8].contains(bytes.count), let first = bytes.first else { return nil }
    let sign = Int64(Int8(bitPattern: first) >> 7)
    self.init(exactly: bytes.reduce(sign) { $0 << 8 | Int64($1) })
  }
}

extension Int64: ColumnValue {}
extension Int: ColumnValue {}
extension UInt16: ColumnValue {}
