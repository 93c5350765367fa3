extension Administration {
  /// Makes one token inactive for the rest of its life.
  ///
  /// Doing it again changes nothing.
  ///
  /// A client with too many revoked tokens loses all that it has (`RevocationLimit`).
  package func revokeToken(_ token: OpenedToken) async throws(StoreError) {
    _ = try await store.insertRevocation(
      Revocation(of: token),
      limit: RevocationLimit(),
      audit: event(
        .tokenRevoked,
        token.id.description,
        ["client": token.grant.clientID.rawValue]
      )
    )
  }

  /// Makes all tokens that a client has inactive; it can get new ones.
  @discardableResult
  package func revokeTokens(of id: ClientID) async throws(StoreError) -> Client {
    let now = clock.now
    return try await store.updateClient(id, audit: event(.clientTokensRevoked, id.rawValue)) {
      client throws(StoreError) in
      client.revokeTokens(at: now)
    }
  }

  /// Makes all tokens of all clients inactive; they can get new ones.
  package func revokeAllTokens() async throws(StoreError) {
    try await store.setTokensNotBefore(
      clock.now.justAfter,
      mayGoBack: false,
      audit: event(.allTokensRevoked, "server")
    )
  }

  /// What was done, the newest first.
  package func auditRecords(
    before number: Int64? = nil,
    subject: String? = nil,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try await store.auditRecords(before: number, subject: subject, limit: limit)
  }
}
