/// Which scopes a client gets (RFC 6749 §3.3): all that it asked for, or none.
///
/// An unknown, a retired and a disallowed scope are refused alike and never silently dropped.
package struct ScopePolicy: Sendable {
  package init() {}

  /// The APIs that a token with these scopes is for, sorted, each once.
  func audiences(
    of requested: ScopeSet,
    for client: Client,
    among known: [Scope: ScopeDefinition]
  ) throws(OAuthError) -> [Resource] {
    var audiences: [Resource] = []
    for scope in requested.scopes {
      guard client.scopes.contains(scope), let definition = known[scope], definition.retiredAt == nil else {
        throw OAuthError(.invalidScope, .requestedScopeIsInvalid)
      }
      if !audiences.contains(definition.resource) { audiences.append(definition.resource) }
    }
    return audiences.sorted()
  }
}
