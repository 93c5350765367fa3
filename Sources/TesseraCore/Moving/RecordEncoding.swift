/// The one form of records that does not depend on a store: `CanonicalBytes` of their values.
enum RecordEncoding {
  /// What the first byte of a value says.
  enum ValueType: UInt8 {
    case null, integer, text, bytes
  }

  /// Adds a record.
  static func append(_ record: StoreRecord, to bytes: inout [UInt8]) {
    var canonical = CanonicalBytes(after: bytes)
    bytes = []
    for value in record.values {
      switch value {
      case .null: canonical.appendNull()
      case .integer(let number): canonical.append(number)
      case .text(let text): canonical.append(text)
      case .bytes(let value): canonical.append(value)
      }
    }
    bytes = canonical.bytes
  }
}
