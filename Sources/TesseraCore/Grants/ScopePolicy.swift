/// Which scopes a client gets (RFC 6749 §3.3): all that it asked for, or none.
///
/// An unknown, a retired and a disallowed scope are refused alike and never silently dropped.
package struct ScopePolicy: Sendable {
  package init() {}

  /// What a client gets that asks for no scope: its default scopes, of the APIs that it named if it named any.
  func standard(
    for client: Client,
    named: [Resource],
    among facts: DirectoryFacts
  ) throws(OAuthError) -> ScopeSet {
    let scopes = client.defaultScopes.scopes.filter { scope in
      guard let definition = facts.granted(scope), client.scopes.contains(scope) else { return false }
      return named.isEmpty || named.contains(definition.resource)
    }
    guard !scopes.isEmpty else {
      throw OAuthError(.invalidScope, named.isEmpty ? .missingParameter(.scope) : .noDefaultScopeOfResource)
    }
    return ScopeSet(scopes)
  }

  /// The APIs that a token with these scopes is for, sorted, each once.
  package func audiences(
    of requested: ScopeSet,
    for client: Client,
    among facts: DirectoryFacts
  ) throws(OAuthError) -> [Resource] {
    var audiences: [Resource] = []
    for scope in requested.scopes {
      guard client.scopes.contains(scope), let definition = facts.granted(scope) else {
        throw OAuthError(.invalidScope, .requestedScopeIsInvalid)
      }
      if !audiences.contains(definition.resource) { audiences.append(definition.resource) }
    }
    return audiences.sorted()
  }
}
