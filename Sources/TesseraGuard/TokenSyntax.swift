/// What a token looks like before anybody is asked about it.
enum TokenSyntax {
  /// Whether it is a `b68token` (RFC 6750 §2.1) of at most this many bytes.
  static func isWellFormed(_ token: String, maximumLength: Int) -> Bool {
    guard token.utf8.count <= maximumLength else { return false }
    let padding = token.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    let body = token.utf8.dropLast(padding)
    return !body.isEmpty && body.allSatisfy(isTokenCharacter)
  }

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"):
      true
    default: false
    }
  }
}
