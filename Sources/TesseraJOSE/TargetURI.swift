/// The URI of a request without its query (RFC 9110 §7.1), in the one form that all its spellings have (RFC 3986 §6.2.2,
/// §6.2.3).
package struct TargetURI: Sendable, Hashable {
  /// The most bytes of a text that is read.
  package static let maximumLength = 2048

  /// The normal form: scheme, host and port if it is not the usual one, path.
  package let text: String

  /// Nil for anything but an `http` or `https` URI with a host; one with user information is none that a client should
  /// make.
  ///
  /// Query and fragment are left out.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count <= TargetURI.maximumLength, let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
      return nil
    }
    let scheme = String(decoding: bytes[..<colon].map(TargetURI.lowercased), as: UTF8.self)
    let rest = bytes[(colon + 1)...]
    guard scheme == "https" || scheme == "http", rest.starts(with: [0x2F, 0x2F]) else { return nil }
    let hierarchy = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    let authority = hierarchy.prefix { $0 != UInt8(ascii: "/") }
    guard let authority = TargetURI.authority(authority, usualPort: scheme == "https" ? 443 : 80),
      let path = TargetURI.path(hierarchy[(hierarchy.startIndex + authority.length)...])
    else { return nil }
    self.text = "\(scheme)://\(authority.text)\(path)"
  }

  /// Host and port (RFC 3986 §3.2), and how many bytes they came in.
  private static func authority(
    _ bytes: ArraySlice<UInt8>,
    usualPort: Int
  ) -> (text: String, length: Int)? {
    let isAddress = bytes.first == UInt8(ascii: "[")
    let end = isAddress ? bytes.firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 } : nil
    let host = isAddress ? bytes[..<(end ?? bytes.startIndex)] : bytes.prefix { $0 != UInt8(ascii: ":") }
    // The brackets of an address have something between them.
    guard host.count > (isAddress ? 2 : 0), host.allSatisfy(isAddress ? isAddressCharacter : isHostCharacter)
    else { return nil }
    var text = String(decoding: host.map(lowercased), as: UTF8.self)
    let port = bytes[host.endIndex...]
    if !port.isEmpty {
      let digits = port.dropFirst()
      guard port.first == UInt8(ascii: ":"), digits.count <= 5,
        digits.allSatisfy({ (0x30...0x39).contains($0) })
      else { return nil }
      let number = Int(String(decoding: digits, as: UTF8.self)) ?? usualPort
      if number != usualPort { text += ":\(number)" }
    }
    return (text, bytes.count)
  }

  /// A path without dot segments, whose escapes are upper case and only where they have to be.
  private static func path(_ bytes: ArraySlice<UInt8>) -> String? {
    var normal: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      guard byte > 0x20, byte < 0x7F else { return nil }
      guard byte == UInt8(ascii: "%") else {
        normal.append(byte)
        index += 1
        continue
      }
      guard index + 2 < bytes.endIndex, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2])
      else { return nil }
      let value = high << 4 | low
      if isUnreserved(value) {
        normal.append(value)
      } else {
        normal += [byte, hexadecimal[Int(high)], hexadecimal[Int(low)]]
      }
      index += 3
    }
    return String(decoding: withoutDots(normal), as: UTF8.self)
  }

  /// RFC 3986 §5.2.4; a path that is empty is that of the root.
  private static func withoutDots(_ path: [UInt8]) -> [UInt8] {
    var segments: [ArraySlice<UInt8>] = []
    let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
    for (place, part) in parts.enumerated() {
      let (isDot, isDotDot) = (part.elementsEqual(".".utf8), part.elementsEqual("..".utf8))
      if isDotDot { _ = segments.popLast() }
      if !isDot, !isDotDot {
        segments.append(part)
      } else if place == parts.count - 1 {
        segments.append([])
      }
    }
    return segments.isEmpty ? [0x2F] : segments.flatMap { [0x2F] + $0 }
  }

  private static let hexadecimal = Array("0123456789ABCDEF".utf8)

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
  }

  /// §2.3.
  private static func isUnreserved(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x7E
  }

  /// The name of a host as it is in DNS, or an IPv4 address.
  private static func isHostCharacter(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F
  }

  /// What stands in the brackets of an IPv6 address, and they.
  private static func isAddressCharacter(_ byte: UInt8) -> Bool {
    digit(byte) != nil || byte == 0x3A || byte == 0x2E || byte == 0x5B || byte == 0x5D
  }
}

extension TargetURI: CustomStringConvertible {
  package var description: String { text }
}
