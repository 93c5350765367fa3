package import TesseraCore

extension InMemoryStore {
  package func revocations(expiringAfter time: Timestamp) async throws(StoreError) -> [RevocationRecord] {
    try read(.revocations) { data in
      data.revocations.values.filter { $0.revocation.expiresAt > time }.sorted { $0.sequence < $1.sequence }
    }
  }

  package func revocation(of token: TokenID) async throws(StoreError) -> RevocationRecord? {
    try read(.revocations) { $0.revocations[token] }
  }

  package func insertRevocation(_ revocation: Revocation, audit: AuditEvent) async throws(StoreError) {
    try write { data in
      guard data.revocations[revocation.token] == nil else { return }
      let sequence = data.record(audit, changed: .revocation(revocation.token))
      data.revocations[revocation.token] = RevocationRecord(sequence: sequence, revocation: revocation)
    }
  }

  @discardableResult
  package func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int {
    try write { data in
      let before = data.revocations.count
      data.revocations = data.revocations.filter { $0.value.revocation.expiresAt >= time }
      return before - data.revocations.count
    }
  }
}
