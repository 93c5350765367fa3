import TesseraJOSE

/// The client credentials grant (RFC 6749 §4.4): a client acts for itself.
///
/// There is no refresh token (§4.4.3).
package struct ClientCredentialsGrant: GrantHandler {
  package let grantType = GrantType.clientCredentials
  package let parameters: [ParameterName] = [.scope, .resource, .audience]
  package let repeatableParameters: [ParameterName] = [.resource, .audience]
  private let scopePolicy: ScopePolicy
  private let audiencePolicy: AudiencePolicy
  private let lifetime: TokenLifetime

  package init(
    scopePolicy: ScopePolicy,
    audiencePolicy: AudiencePolicy,
    lifetime: TokenLifetime
  ) {
    self.scopePolicy = scopePolicy
    self.audiencePolicy = audiencePolicy
    self.lifetime = lifetime
  }

  package func authorize(
    _ request: GrantRequest,
    _ exchange: inout Exchange
  ) throws(Interruption) -> AccessGrant {
    let client = request.client.cached
    let access = try Interruption.refusing { () throws(OAuthError) in try self.access(for: request) }
    return AccessGrant(
      clientID: client.client.id,
      grantType: grantType,
      access: access,
      issuedAt: request.time,
      expiresAt: request.time.advanced(bySeconds: Int64(lifetime.seconds(for: client.client))),
      confirmation: request.confirmation
    )
  }

  /// The client's grant, from memory if it asked for the same before.
  private func access(for request: GrantRequest) throws(OAuthError) -> GrantedAccess {
    let (client, facts) = (request.client.cached, request.facts)
    guard let question = GrantQuestion(request) else { return try decide(request) }
    if let known = client.access(for: question, facts) { return known }
    let access = try decide(request)
    client.remember(access, for: facts.sharedQuestions.shared(question, asker: client.client.id), facts)
    return access
  }

  private func decide(_ request: GrantRequest) throws(OAuthError) -> GrantedAccess {
    let (client, facts) = (request.client.registration, request.facts)
    let named = try audiencePolicy.named(in: request.parameters, by: client, among: facts)
    let asked = try request.dialect.requestedScopes(in: request.parameters)
    let scopes: ScopeSet
    if let asked {
      scopes = asked
    } else {
      scopes = try scopePolicy.defaults(for: client, named: named, among: facts)
    }
    let audiences = try scopePolicy.audiences(of: scopes, for: client, among: facts)
    try audiencePolicy.check(audiences, named: named)
    return facts.sharedAccess.access(scopes, audiences, for: client.id)
  }
}
