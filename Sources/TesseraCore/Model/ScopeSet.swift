/// Scopes in the order they were named, without repeats.
package struct ScopeSet: Sendable, Hashable, ExpressibleByArrayLiteral {
  /// The most scopes that a request or a client may name.
  ///
  /// It keeps the quadratic search below harmless.
  package static let maximumCount = 64

  /// The scopes, each once.
  package private(set) var scopes: [Scope] = []

  /// Keeps the first of each.
  package init(_ scopes: some Sequence<Scope>) {
    for scope in scopes { insert(scope) }
  }

  package init(arrayLiteral elements: Scope...) {
    self.init(elements)
  }

  /// Whether there is none.
  package var isEmpty: Bool { scopes.isEmpty }

  /// Adds a scope at the end unless it is there.
  package mutating func insert(_ scope: Scope) {
    if !scopes.contains(scope) { scopes.append(scope) }
  }

  /// Whether this scope is one of them; case-sensitive (RFC 6749 §3.3).
  package func contains(_ scope: Scope) -> Bool { scopes.contains(scope) }

  /// The scopes as one text, with this between them.
  package func joined(by separator: String) -> String {
    scopes.count == 1 ? scopes[0].name : scopes.map(\.name).joined(separator: separator)
  }
}
