/// The header fields of a response, as names and values in the order they go out.
package struct HeaderFields: Sendable, ExpressibleByDictionaryLiteral {
  /// The fields that it begins with, the same in every answer that has them.
  package let fixed: FixedFields
  /// The others.
  package private(set) var others: [(name: String, value: String)] = []

  /// Only fields that are always the same.
  package init(_ fixed: FixedFields) {
    self.fixed = fixed
  }

  package init(dictionaryLiteral elements: (String, String)...) {
    fixed = .none
    others = elements.map { ($0, $1) }
  }

  /// The name of the field with the nonce for the next DPoP proof (RFC 9449 §8).
  static let proofNonce = "DPoP-Nonce"

  /// Adds a field at the end.
  package mutating func add(_ name: String, _ value: String) {
    others.append((name, value))
  }

  /// All of them.
  package var all: [(name: String, value: String)] {
    fixed.fields.map { ($0.name.description, $0.value.description) } + others
  }
}

/// Header fields that never change and that many answers begin with.
///
/// A listener may keep each set in the form in which it writes it, by its number.
package enum FixedFields: Int, Sendable, CaseIterable {
  case none
  /// Those of an answer that may hold a token, and of errors too (RFC 6749 §5.1).
  case uncachedJSON
  /// Those of a page for a person, which loads nothing and stands in no frame.
  case page

  package var fields: [(name: StaticString, value: StaticString)] {
    switch self {
    case .none: []
    case .uncachedJSON:
      [
        ("Content-Type", "application/json;charset=UTF-8"), ("Cache-Control", "no-store"),
        ("Pragma", "no-cache"),
      ]
    case .page:
      [
        ("Content-Type", "text/html; charset=utf-8"),
        (
          "Content-Security-Policy",
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"), ("Pragma", "no-cache"),
      ]
    }
  }
}
