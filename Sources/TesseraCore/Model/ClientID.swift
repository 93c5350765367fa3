/// A client identifier (RFC 6749 §2.2): 1 to 255 characters of VSCHAR (RFC 6749 Appendix A.1).
package struct ClientID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The identifier as it stands in a request.
  package let rawValue: String

  /// Nil when the text is empty, longer than 255 characters or not VSCHAR.
  package init?(_ rawValue: String) {
    let bytes = rawValue.utf8
    guard (1...255).contains(bytes.count), bytes.allSatisfy(\.isVSCHAR) else { return nil }
    self.rawValue = rawValue
  }

  /// A new UUID of version 4 in lower case (RFC 9562 §5.4).
  package static func random(using randomness: RandomSource) -> ClientID {
    var bytes = randomness.bytes(count: 16)
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    return ClientID(validated: UUIDText.text(of: bytes))
  }

  init(validated rawValue: String) {
    self.rawValue = rawValue
  }

  package var description: String { rawValue }

  package static func < (left: ClientID, right: ClientID) -> Bool { left.rawValue < right.rawValue }
}
