/// The identifier of an API that accepts our tokens, as it appears in `aud` (RFC 7519 §4.1.3).
///
/// An absolute URI, as RFC 8707 §2 has it, or a plain name such as `rabbitmq`, which some software wants. Compared to
/// the letter.
package struct Resource: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The most characters that one may have.
  package static let maximumLength = 512

  /// The identifier as it stands in `aud`.
  package let uri: String

  /// Nil for a text that is neither an absolute URI without fragment nor a plain name, or has more than 512
  /// characters.
  package init?(_ text: String) {
    guard text.utf8.count <= Resource.maximumLength, AbsoluteURI.isOne(text) || Resource.isName(text) else {
      return nil
    }
    uri = text
  }

  /// One that was registered or signed before: earlier versions took some texts for URIs that are none.
  ///
  /// Nil for what no version took.
  package init?(stored text: String) {
    guard (1...Resource.maximumLength).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
    else { return nil }
    uri = text
  }

  /// The same in memory of its own.
  var unshared: Resource { Resource(uri: String(decoding: Array(uri.utf8), as: UTF8.self)) }

  private init(uri: String) {
    self.uri = uri
  }

  /// Whether it is an absolute URI, and so can be named by `resource` (RFC 8707 §2).
  package var isURI: Bool { uri.utf8.contains(UInt8(ascii: ":")) }

  /// A letter or digit, then also `-` and `_`: nothing that has to be escaped anywhere.
  ///
  /// Neither a colon, as URIs have, nor a dot, because a host without its scheme is a slip.
  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isASCIILetterOrDigit else { return false }
    return text.utf8.allSatisfy { byte in
      byte.isASCIILetterOrDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
  }

  package var description: String { uri }

  package static func < (left: Resource, right: Resource) -> Bool { left.uri < right.uri }
}
