import TesseraJOSE

/// What a token says, and whether it is valid now.
package struct TokenRepresentation: Representation {
  private let token: OpenedToken
  private let reason: TokenInspector.Reason?

  /// `reason` is why it is not valid; nil when it is.
  package init(_ token: OpenedToken, _ reason: TokenInspector.Reason?) {
    self.token = token
    self.reason = reason
  }

  package var json: JSONValue {
    .object([
      .init("client_id", .string(token.grant.clientID.rawValue)),
      .init("token_id", .string(token.id.description)),
      .init("active", .boolean(reason == nil)),
      .init("reason", JSONValue(reason?.rawValue)),
      .init("grant_type", .string(token.grant.grantType.name)),
      .init("scopes", JSONValue(token.grant.scopes.scopes.map(\.name))),
      .init("audiences", JSONValue(token.grant.audiences.map(\.uri))),
      .init("issued_at", JSONValue(token.grant.issuedAt)),
      .init("expires_at", JSONValue(token.grant.expiresAt)),
      .init("key_number", .integer(Int(token.keyNumber))),
    ])
  }
}
