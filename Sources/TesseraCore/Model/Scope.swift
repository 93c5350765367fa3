/// A scope token (RFC 6749 §3.3): what a client may ask for by name.
///
/// Narrower than the RFC in two points: no comma, because the contract dialect separates scopes by it, and at
/// most 128 characters.
package struct Scope: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The most characters a scope may have.
  package static let maximumLength = 128

  /// The scope token, case-sensitive.
  package let name: String

  /// Nil when the text is not a scope token (RFC 6749 Appendix A.4), has a comma or is too long.
  package init?(_ name: String) {
    let bytes = name.utf8
    guard (1...Scope.maximumLength).contains(bytes.count),
      bytes.allSatisfy({ $0.isNQCHAR && $0 != UInt8(ascii: ",") })
    else { return nil }
    self.name = name
  }

  package var description: String { name }

  package static func < (left: Scope, right: Scope) -> Bool { left.name < right.name }
}
