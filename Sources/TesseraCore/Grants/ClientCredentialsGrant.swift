/// The client credentials grant (RFC 6749 §4.4): a client acts for itself.
///
/// There is no refresh token (§4.4.3).
package struct ClientCredentialsGrant: GrantHandler {
  package let grantType = GrantType.clientCredentials
  package let parameters: [ParameterName] = [.scope]
  private let directory: Directory
  private let scopePolicy: ScopePolicy
  private let lifetime: TokenLifetime

  package init(directory: Directory, scopePolicy: ScopePolicy, lifetime: TokenLifetime) {
    self.directory = directory
    self.scopePolicy = scopePolicy
    self.lifetime = lifetime
  }

  package func authorize(_ request: GrantRequest) throws(Interruption) -> AccessGrant {
    let client = request.client.registration
    let known = try directory.facts().scopes
    return try Interruption.refusing { () throws(OAuthError) in
      let scopes = try request.dialect.requestedScopes(in: request.parameters)
      return AccessGrant(
        clientID: client.id,
        grantType: grantType,
        scopes: scopes,
        audiences: try scopePolicy.audiences(of: scopes, for: client, among: known),
        issuedAt: request.time,
        expiresAt: request.time.advanced(bySeconds: Int64(lifetime.seconds(for: client)))
      )
    }
  }
}
