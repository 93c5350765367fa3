/// An absolute URI (RFC 3986 §4.3): a scheme, and what it means to that; no fragment.
enum AbsoluteURI {
  /// Whether a text is one, to the letter of the grammar.
  ///
  /// A URI of the schemes `http` and `https` must have a host too (RFC 9110 §4.2.1).
  static func isOne(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), isScheme(bytes[..<colon]) else { return false }
    let (hierarchy, query) = split(bytes[(colon + 1)...], at: UInt8(ascii: "?"))
    guard query.map({ isMade($0, of: isQueryCharacter) }) ?? true else { return false }
    guard hierarchy.starts(with: Array("//".utf8)) else {
      // A scheme alone names nothing, and one of the web needs an authority.
      return !hierarchy.isEmpty && !isWeb(bytes[..<colon]) && isMade(hierarchy, of: isPathCharacter)
    }
    let rest = hierarchy.dropFirst(2)
    let path = rest.drop { $0 != UInt8(ascii: "/") }
    guard isMade(path, of: isPathCharacter) else { return false }
    return isAuthority(rest[..<path.startIndex], needsHost: isWeb(bytes[..<colon]))
  }

  /// §3.1: a letter, then letters, digits, `+`, `-` and `.`.
  private static func isScheme(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first, first.isASCIILetter else { return false }
    return bytes.allSatisfy { $0.isASCIILetterOrDigit || [0x2B, 0x2D, 0x2E].contains($0) }
  }

  private static func isWeb(_ scheme: ArraySlice<UInt8>) -> Bool {
    ["http", "https"].contains(String(decoding: scheme, as: UTF8.self).lowercased())
  }

  /// §3.2: user information, host and port.
  private static func isAuthority(_ bytes: ArraySlice<UInt8>, needsHost: Bool) -> Bool {
    var rest = bytes
    if let at = rest.lastIndex(of: UInt8(ascii: "@")) {
      guard isMade(rest[..<at], of: { isRegisteredNameCharacter($0) || $0 == UInt8(ascii: ":") }) else {
        return false
      }
      rest = rest[(at + 1)...]
    }
    guard rest.first != UInt8(ascii: "[") else {
      guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
      return isAddress(rest[(rest.startIndex + 1)..<end]) && isPort(rest[(end + 1)...])
    }
    let (host, _) = split(rest, at: UInt8(ascii: ":"))
    guard isMade(host, of: isRegisteredNameCharacter), isPort(rest[host.endIndex...]) else { return false }
    return !host.isEmpty || !needsHost
  }

  /// §3.2.3: a colon and digits, or nothing.
  private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first else { return true }
    let digits = bytes.dropFirst()
    return first == UInt8(ascii: ":") && digits.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
      && digits.count <= 5 && Int(String(decoding: digits, as: UTF8.self)) ?? 0 <= 65_535
  }

  /// §3.2.2: an IPv6 address; what future versions may have there is not taken.
  private static func isAddress(_ bytes: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.contains(":") && SourceAddress(text) != nil
  }

  /// Whether all characters are of a kind, or escapes (§2.1).
  private static func isMade(_ bytes: ArraySlice<UInt8>, of isAllowed: (UInt8) -> Bool) -> Bool {
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index] == UInt8(ascii: "%") {
        guard index + 2 < bytes.endIndex, bytes[index + 1].isHexadecimalDigit,
          bytes[index + 2].isHexadecimalDigit
        else { return false }
        index += 3
      } else {
        guard isAllowed(bytes[index]) else { return false }
        index += 1
      }
    }
    return true
  }

  /// §2.3 and §2.2: unreserved characters and sub-delimiters.
  private static func isRegisteredNameCharacter(_ byte: UInt8) -> Bool {
    byte.isASCIILetterOrDigit || Array("-._~!$&'()*+,;=".utf8).contains(byte)
  }

  /// §3.3: also colon, at sign, and what separates segments.
  private static func isPathCharacter(_ byte: UInt8) -> Bool {
    isRegisteredNameCharacter(byte) || Array(":@/".utf8).contains(byte)
  }

  /// §3.4.
  private static func isQueryCharacter(_ byte: UInt8) -> Bool {
    isPathCharacter(byte) || byte == UInt8(ascii: "?")
  }

  private static func split(_ bytes: ArraySlice<UInt8>, at separator: UInt8)
    -> (ArraySlice<UInt8>, ArraySlice<UInt8>?)
  {
    guard let index = bytes.firstIndex(of: separator) else { return (bytes, nil) }
    return (bytes[..<index], bytes[(index + 1)...])
  }
}

extension UInt8 {
  /// An ASCII letter.
  var isASCIILetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }

  /// An ASCII letter or digit.
  var isASCIILetterOrDigit: Bool { isASCIILetter || self &- UInt8(ascii: "0") < 10 }

  fileprivate var isHexadecimalDigit: Bool {
    self &- UInt8(ascii: "0") < 10 || (self | 0x20) &- UInt8(ascii: "a") < 6
  }
}
