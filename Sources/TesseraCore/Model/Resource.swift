/// A resource indicator (RFC 8707 §2): the absolute URI, without fragment, of an API that takes our tokens.
package struct Resource: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The URI as it stands in `aud`.
  package let uri: String

  /// Nil when the text is not an absolute URI of at most 512 visible ASCII characters, or has a fragment.
  package init?(_ uri: String) {
    let bytes = uri.utf8
    guard bytes.count <= 512, bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }),
      let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon != bytes.startIndex,
      bytes.index(after: colon) != bytes.endIndex,
      Resource.isScheme(bytes[..<colon])
    else { return nil }
    self.uri = uri
  }

  /// RFC 3986 §3.1: a letter, then letters, digits, `+`, `-` and `.`.
  private static func isScheme(_ bytes: Substring.UTF8View) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    guard let first = bytes.first, isLetter(first) else { return false }
    return bytes.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E].contains($0) }
  }

  package var description: String { uri }

  package static func < (left: Resource, right: Resource) -> Bool { left.uri < right.uri }
}
