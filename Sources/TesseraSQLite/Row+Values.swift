import Foundation
import GRDB
import TesseraCore
import TesseraJOSE

/// Statements whose interpolated values become arguments, never part of the SQL text.
extension Database {
  /// All rows of a query.
  func rows(_ query: SQL) throws(StoreError) -> [Row] {
    try describing { try Row.fetchAll(self, SQLRequest(literal: query)) }
  }

  /// The first row of a query; nil when there is none.
  func row(_ query: SQL, cached: Bool = false) throws(StoreError) -> Row? {
    try describing { try Row.fetchOne(self, SQLRequest(literal: query, cached: cached)) }
  }

  /// Runs a statement that returns nothing, whose text is always the same.
  func run(_ statement: SQL) throws(StoreError) {
    try describing {
      let (text, arguments) = try statement.build(self)
      try cachedStatement(sql: text).execute(arguments: arguments)
    }
  }

  /// What `body` returns; what SQLite throws as an error of a store.
  func describing<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
    do {
      return try body()
    } catch {
      throw StoreError(describing: error)
    }
  }
}

/// GRDB's own subscript traps on a value of another type. A damaged row must be an error, not a crash.
extension Row {
  /// The value of a column that is never NULL.
  func value<Value: DatabaseValueConvertible>(_ column: String) throws(StoreError) -> Value {
    let stored: DatabaseValue = self[column]
    guard let value = Value.fromDatabaseValue(stored) else { throw .unreadable("a value of \(column)") }
    return value
  }

  /// The value of a column; nil for NULL.
  func optionalValue<Value: DatabaseValueConvertible>(_ column: String) throws(StoreError) -> Value? {
    let stored: DatabaseValue = self[column]
    return stored.isNull ? nil : try value(column)
  }

  /// The time in a column that is never NULL.
  func time(_ column: String) throws(StoreError) -> Timestamp {
    Timestamp(milliseconds: try value(column))
  }

  /// The time in a column; nil for NULL.
  func optionalTime(_ column: String) throws(StoreError) -> Timestamp? {
    let milliseconds: Int64? = try optionalValue(column)
    return milliseconds.map(Timestamp.init(milliseconds:))
  }

  /// The bytes in a column that is never NULL.
  func bytes(_ column: String) throws(StoreError) -> [UInt8] {
    let data: Data = try value(column)
    return Array(data)
  }

  /// The bytes in a column; nil for NULL.
  func optionalBytes(_ column: String) throws(StoreError) -> [UInt8]? {
    let data: Data? = try optionalValue(column)
    return data.map { Array($0) }
  }

  /// The value that `make` builds from the text in a column.
  ///
  /// Throws when there is none.
  func parsed<Value>(_ column: String, by make: (String) -> Value?) throws(StoreError) -> Value {
    guard let value = make(try value(column)) else { throw .unreadable("a value of \(column)") }
    return value
  }

  /// The same for a column that may be NULL.
  func optionallyParsed<Value>(_ column: String, by make: (String) -> Value?) throws(StoreError) -> Value? {
    let stored: DatabaseValue = self[column]
    return stored.isNull ? nil : try parsed(column, by: make)
  }

  /// The values of a list that is kept as one text.
  func list<Value>(_ column: String, of make: (String) -> Value?) throws(StoreError) -> [Value] {
    let text: String = try value(column)
    var values: [Value] = []
    for name in text.split(separator: " ") {
      guard let value = make(String(name)) else { throw .unreadable("a value of \(column)") }
      values.append(value)
    }
    return values
  }
}
