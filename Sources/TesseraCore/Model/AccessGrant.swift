/// What a grant handler decided to give: the facts that an access token carries.
package struct AccessGrant: Sendable, Equatable {
  /// The client that the token is issued to.
  package let clientID: ClientID
  /// How the client obtained it.
  package let grantType: GrantType
  /// What it may do, in the order it asked.
  package let scopes: ScopeSet
  /// The APIs that may accept it, sorted.
  package let audiences: [Resource]
  /// When it was issued.
  package let issuedAt: Timestamp
  /// The first moment at which it is no longer valid.
  package let expiresAt: Timestamp

  package init(
    clientID: ClientID,
    grantType: GrantType,
    scopes: ScopeSet,
    audiences: [Resource],
    issuedAt: Timestamp,
    expiresAt: Timestamp
  ) {
    self.clientID = clientID
    self.grantType = grantType
    self.scopes = scopes
    self.audiences = audiences
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
  }
}
