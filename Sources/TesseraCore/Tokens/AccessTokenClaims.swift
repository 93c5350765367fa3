package import TesseraJOSE

/// What the claims of a JWT access token of this software say (RFC 9068 §2.2).
package struct AccessTokenClaims: Sendable {
  /// What the token grants.
  package let grant: AccessGrant
  /// Its ID; nil for one that is not of our form.
  package let id: TokenID?

  /// Nil when a claim that must be there is missing or of another kind.
  ///
  /// There is no claim for the grant type; client credentials is what there is.
  package init?(_ claims: [String: JSON]) {
    guard let clientID = claims["client_id"]?.text.flatMap(ClientID.init),
      let issuedAt = claims["iat"]?.numericDate, let expiresAt = claims["exp"]?.numericDate,
      let audiences = AccessTokenClaims.audiences(claims["aud"]),
      let scopes = AccessTokenClaims.scopes(claims["scope"])
    else { return nil }
    var confirmation: Confirmation?
    if let claim = claims["cnf"] {
      // A key of another kind could not be asked for, and the token would pass without.
      guard let known = Confirmation(claim) else { return nil }
      confirmation = known
    }
    let id = claims["jti"]?.text.flatMap { TokenID($0) }
    let millisecond = id.map { Int64($0.bytes[0]) << 8 | Int64($0.bytes[1]) } ?? 0
    self.id = id
    grant = AccessGrant(
      clientID: clientID,
      grantType: .clientCredentials,
      access: GrantedAccess(scopes: scopes, audiences: audiences),
      issuedAt: issuedAt.advanced(byMilliseconds: min(millisecond, 999)),
      expiresAt: expiresAt,
      confirmation: confirmation
    )
  }

  /// One text or several (RFC 7519 §4.1.3).
  private static func audiences(_ claim: JSON?) -> [Resource]? {
    guard let claim else { return nil }
    let texts = claim.text.map { [$0] } ?? claim.elements?.map { $0.text ?? "" } ?? []
    let audiences = texts.compactMap(Resource.init(stored:))
    return audiences.isEmpty || audiences.count != texts.count ? nil : audiences
  }

  private static func scopes(_ claim: JSON?) -> ScopeSet? {
    guard let names = claim?.text?.split(separator: " ") else { return nil }
    let scopes = names.compactMap { Scope(String($0)) }
    return scopes.count == names.count ? ScopeSet(scopes) : nil
  }
}
