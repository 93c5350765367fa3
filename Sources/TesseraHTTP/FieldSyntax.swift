/// Parts of HTTP's grammar that both parsers ask for.
enum FieldSyntax {
  /// Letters, digits and ``!#$%&'*+-.^_`|~`` (RFC 9110 §5.6.2).
  static func isTokenCharacter(_ byte: UInt8) -> Bool {
    byte.isIn(0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE)
  }

  /// What a host by name or IPv4 address consists of (RFC 3986 §3.2.2): letters, digits and `-._~!$&'()*+,;=`, percent
  /// signs too.
  static func isNameCharacter(_ byte: UInt8) -> Bool {
    byte.isIn(0x2BFF_7FF2_0000_0000, 0x47FF_FFFE_87FF_FFFE)
  }

  /// Whether this is a token.
  static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy(isTokenCharacter)
  }

  /// Whether this may stand in a Host field: a host and perhaps a port (RFC 9110 §7.2), or nothing.
  static func isHost(_ bytes: some Collection<UInt8>) -> Bool {
    var index = bytes.startIndex
    if bytes.first == UInt8(ascii: "[") {
      guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
      let literal = bytes[bytes.index(after: index)..<end]
      guard !literal.isEmpty, literal.allSatisfy({ $0 == UInt8(ascii: ":") || isNameCharacter($0) })
      else {
        return false
      }
      index = bytes.index(after: end)
    } else {
      while index < bytes.endIndex, isNameCharacter(bytes[index]) {
        guard
          bytes[index] != UInt8(ascii: "%")
            || bytes[index...].dropFirst().prefix(2).filter(\.isHexDigit).count == 2
        else { return false }
        index = bytes.index(after: index)
      }
    }
    guard index < bytes.endIndex else { return true }
    return bytes[index] == UInt8(ascii: ":")
      && bytes[index...].dropFirst().allSatisfy { (0x30...0x39).contains($0) }
  }
}

extension UInt8 {
  /// Whether it is in a set of ASCII characters, of which `low` has those below 64 as bits and `high` the others.
  ///
  /// Numbers in the code, because a table would be memory that all event loops count their references to.
  fileprivate func isIn(_ low: UInt64, _ high: UInt64) -> Bool {
    self < 0x80 && (self < 0x40 ? low : high) >> UInt64(self & 0x3F) & 1 == 1
  }

  fileprivate var isHexDigit: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
