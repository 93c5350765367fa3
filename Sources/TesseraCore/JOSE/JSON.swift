/// A JSON value (RFC 8259), as strictly as tokens and keys need it.
///
/// Repeated member names are refused (RFC 7515 §4, RFC 8725 §3.10 is why): two readers that pick different ones
/// see different tokens. Depth and size are bounded. No input traps.
package enum JSON: Sendable, Equatable {
  case object([String: JSON])
  case array([JSON])
  case string(String)
  /// A number as a double, which every JSON number has; out of range it is infinite.
  case number(Double)
  case boolean(Bool)
  case null

  /// How deep arrays and objects may be nested.
  package static let maximumDepth = 16

  /// Reads a whole text; nil for anything that is not exactly one JSON value in UTF-8.
  package init?(_ bytes: some Collection<UInt8>) {
    var reader = JSONReader(Array(bytes))
    guard let value = reader.document() else { return nil }
    self = value
  }

  /// The members of an object; nil for anything else.
  package var members: [String: JSON]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The elements of an array; nil for anything else.
  package var elements: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The text of a string; nil for anything else.
  package var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// A JWT `NumericDate` (RFC 7519 §2) in milliseconds since 1970; nil for anything but a number from 0 to
  /// 2⁵³ seconds.
  package var numericDate: Timestamp? {
    guard case .number(let seconds) = self, seconds >= 0, seconds <= 9_007_199_254_740_992 else { return nil }
    return Timestamp(milliseconds: Int64(seconds * 1000))
  }
}
