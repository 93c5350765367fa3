/// Which APIs a token is for (RFC 8707): those that were named, or else those of its scopes.
///
/// Several are all honoured or the request is refused, never some. A token is for no more APIs than its scopes
/// are of, and has no scope of an API that was not named (RFC 9700 §2.3).
///
/// Where none was named, scopes of several APIs make a token for all of them. RFC 9068 §3 would rather have that refused,
/// and then a client of two APIs could not use a library that knows no `resource`.
package struct AudiencePolicy: Sendable {
  package init() {}

  /// The APIs that a request names, by `resource` or by its non-standard twin `audience`; empty when by neither.
  ///
  /// An API that does not exist, is retired, or of which the client may ask for no scope is refused; so is a plain
  /// name in `resource`, which is an absolute URI (RFC 8707 §2).
  func named(
    in parameters: FormParameters,
    by client: Client,
    among facts: DirectoryFacts
  ) throws(OAuthError) -> [Resource] {
    var named: [Resource] = []
    let resources = parameters.values(.resource).map { Resource(stored: $0).flatMap { $0.isURI ? $0 : nil } }
    for resource in resources + parameters.values(.audience).map(Resource.init(stored:)) {
      guard let resource, client.scopes.scopes.contains(where: { facts.granted($0)?.resource == resource })
      else { throw OAuthError(.invalidTarget, .requestedResourceIsInvalid) }
      if !named.contains(resource) { named.append(resource) }
    }
    return named
  }

  /// Throws unless the APIs of the scopes are those that were named.
  func check(_ audiences: [Resource], named: [Resource]) throws(OAuthError) {
    guard !named.isEmpty else { return }
    guard audiences.allSatisfy(named.contains) else {
      throw OAuthError(.invalidScope, .requestedScopeIsInvalid)
    }
    guard named.allSatisfy(audiences.contains) else {
      throw OAuthError(.invalidTarget, .requestedResourceIsInvalid)
    }
  }
}
