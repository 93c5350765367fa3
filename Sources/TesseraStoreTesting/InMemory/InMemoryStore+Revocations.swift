package import TesseraCore

extension InMemoryStore {
  package func revocations(expiringAfter time: Timestamp) async throws(StoreError) -> [Revocation] {
    try read(.revocations) { $0.revocations.values.filter { $0.expiresAt > time } }
  }

  package func revocation(of token: TokenID) async throws(StoreError) -> Revocation? {
    try read(.revocations) { $0.revocations[token] }
  }

  package func insertRevocation(_ revocation: Revocation, audit: AuditEvent) async throws(StoreError) {
    try write { data in
      guard data.revocations[revocation.token] == nil else { return }
      data.revocations[revocation.token] = revocation
      data.record(audit, changed: .revocation(revocation.token))
    }
  }

  @discardableResult
  package func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int {
    try write { data in
      let before = data.revocations.count
      data.revocations = data.revocations.filter { $0.value.expiresAt >= time }
      return before - data.revocations.count
    }
  }
}
