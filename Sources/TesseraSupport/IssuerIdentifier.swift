/// The issuer identifier (RFC 8414 §2): a URL without query and fragment.
package struct IssuerIdentifier: Sendable, Equatable {
  /// The most characters it may have.
  package static let maximumLength = 512

  /// The URL, to the letter, as it stands in `iss`.
  package let text: String
  /// Its path without a slash at the end; empty when it has none.
  package let path: String

  /// The text must have been checked to be a URL.
  package init(_ text: String) {
    self.text = text
    let afterScheme = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
    let path = afterScheme.firstIndex(of: "/").map { afterScheme[$0...] } ?? ""
    self.path = path.hasSuffix("/") ? String(path.dropLast()) : String(path)
  }

  /// The URL of something at this path below the issuer.
  package func url(_ path: String) -> String {
    (text.hasSuffix("/") ? String(text.dropLast()) : text) + path
  }
}
