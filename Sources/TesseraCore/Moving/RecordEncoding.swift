/// The one form of records that does not depend on a store.
///
/// It has for each value its type in one byte, its length in eight, and its bytes; of an integer its value for the length.
enum RecordEncoding {
  /// What the first byte of a value says.
  enum ValueType: UInt8 {
    case null, integer, text, bytes
  }

  /// Adds a record.
  static func append(_ record: StoreRecord, to bytes: inout [UInt8]) {
    for value in record.values { append(value, to: &bytes) }
  }

  private static func append(_ value: FieldValue, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes.append(ValueType.null.rawValue)
    case .integer(let number): append(.integer, UInt64(bitPattern: number), to: &bytes)
    case .text(var text):
      text.withUTF8 { utf8 in
        append(.text, UInt64(utf8.count), to: &bytes)
        bytes += utf8
      }
    case .bytes(let value):
      append(.bytes, UInt64(value.count), to: &bytes)
      bytes += value
    }
  }

  private static func append(_ type: ValueType, _ number: UInt64, to bytes: inout [UInt8]) {
    bytes.append(type.rawValue)
    withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
  }
}
