/// Parts of HTTP's grammar that both parsers ask for.
enum FieldSyntax {
  /// RFC 9110 §5.6.2.
  static let isTokenCharacter: [Bool] = table { $0.isAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains($0) }

  /// What a host by name or IPv4 address consists of (RFC 3986 §3.2.2), percent signs too.
  private static let isNameCharacter: [Bool] = table {
    $0.isAlphanumeric || "-._~!$&'()*+,;=%".utf8.contains($0)
  }

  /// Whether this is a token.
  static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy { isTokenCharacter[Int($0)] }
  }

  /// Whether this may stand in a Host field: a host and perhaps a port (RFC 9110 §7.2), or nothing.
  static func isHost(_ bytes: some Collection<UInt8>) -> Bool {
    var index = bytes.startIndex
    if bytes.first == UInt8(ascii: "[") {
      guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
      let literal = bytes[bytes.index(after: index)..<end]
      guard !literal.isEmpty, literal.allSatisfy({ $0 == UInt8(ascii: ":") || isNameCharacter[Int($0)] })
      else {
        return false
      }
      index = bytes.index(after: end)
    } else {
      while index < bytes.endIndex, isNameCharacter[Int(bytes[index])] {
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

  private static func table(_ contains: (UInt8) -> Bool) -> [Bool] { (0...255).map { contains(UInt8($0)) } }
}

extension UInt8 {
  fileprivate var isAlphanumeric: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
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
