extension Administration {
  /// Makes one token inactive for the rest of its life.
  ///
  /// Doing it again changes nothing.
  package func revokeToken(_ token: OpenedToken) async throws(StoreError) {
    try await store.insertRevocation(
      Revocation(token: token.id, expiresAt: token.grant.expiresAt),
      audit: event(.tokenRevoked, token.id.description, ["client": token.grant.clientID.rawValue])
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
