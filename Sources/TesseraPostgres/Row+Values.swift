import TesseraCore
import TesseraJOSE

extension Row {
  /// The time in a column that is never NULL.
  func time(_ column: String) throws(StoreError) -> Timestamp {
    Timestamp(milliseconds: try value(column))
  }

  /// The time in a column; nil for NULL.
  func optionalTime(_ column: String) throws(StoreError) -> Timestamp? {
    let milliseconds: Int64? = try optionalValue(column)
    return milliseconds.map(Timestamp.init(milliseconds:))
  }

  /// The value that `make` builds from the text in a column.
  ///
  /// Throws when there is none.
  func parsed<Value>(_ column: String, by make: (String) -> Value?) throws(StoreError) -> Value {
    guard let value = try optionallyParsed(column, by: make) else {
      throw .unreadable("a value of \(column)")
    }
    return value
  }

  /// The same for a column that may be NULL.
  func optionallyParsed<Value>(_ column: String, by make: (String) -> Value?) throws(StoreError) -> Value? {
    guard let text: String = try optionalValue(column) else { return nil }
    guard let value = make(text) else { throw .unreadable("a value of \(column)") }
    return value
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
