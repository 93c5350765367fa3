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
  package func revokeTokens(of id: ClientID) async throws(StoreError) {
    let (now, notBefore) = (clock.now, self.notBefore)
    try await store.updateClient(id, audit: event(.clientTokensRevoked, id.rawValue)) {
      client throws(StoreError) in
      client.tokensNotBefore = max(client.tokensNotBefore ?? notBefore, notBefore)
      client.updatedAt = now
    }
  }

  /// Makes all tokens of all clients inactive; they can get new ones.
  package func revokeAllTokens() async throws(StoreError) {
    try await store.setTokensNotBefore(notBefore, audit: event(.allTokensRevoked, "server"))
  }

  /// After the tokens that are issued in this very millisecond.
  var notBefore: Timestamp { clock.now.advanced(byMilliseconds: 1) }

  /// What was done, the newest first.
  package func auditRecords(
    before number: Int64? = nil,
    subject: String? = nil,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try await store.auditRecords(before: number, subject: subject, limit: limit)
  }
}
