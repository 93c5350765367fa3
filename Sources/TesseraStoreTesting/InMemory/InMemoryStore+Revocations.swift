package import TesseraCore
package import TesseraJOSE

extension InMemoryStore {
  package func revocations(after sequence: Int64, limit: Int) async throws(StoreError) -> [RevocationRecord] {
    try read { data in
      data.revocations.values.filter { $0.sequence > sequence }.sorted { $0.sequence < $1.sequence }.first(
        limit
      )
    }
  }

  package func revocation(of token: TokenID) async throws(StoreError) -> RevocationRecord? {
    try read { $0.revocations[token] }
  }

  package func insertRevocation(
    _ revocation: Revocation,
    limit: RevocationLimit,
    audit: AuditEvent
  ) async throws(StoreError) -> RevocationOutcome {
    try write { data in
      if let known = data.revocations[revocation.token] { return .token(known) }
      let mutation = Mutation.revoking(
        revocation,
        of: data.clients[revocation.clientID],
        beside: data.standing(of: revocation.clientID, at: audit.time),
        limit: limit,
        audit: audit
      )
      return mutation.outcome(of: revocation, at: data.write(mutation))
    }
  }

  @discardableResult
  package func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int {
    try write { data in
      let count = data.revocations.count
      let end = ExpiryPeriods.revocations.end(ofThoseBefore: time)
      data.revocations = data.revocations.filter { $0.value.expiresAt >= end }
      return count - data.revocations.count
    }
  }

  package func claim(_ claim: SingleUseClaim) async throws(StoreError) -> Bool {
    try write { data in
      guard data.claims[claim.digest] == nil else { return false }
      data.claims[claim.digest] = claim.expiresAt
      return true
    }
  }

  package func removeClaims(expiredBefore time: Timestamp) async throws(StoreError) {
    try write { data in
      let end = ExpiryPeriods.claims.end(ofThoseBefore: time)
      data.claims = data.claims.filter { $0.value >= end }
    }
  }

  package func makePeriods(from time: Timestamp) async throws(StoreError) {
    // One dictionary has room for all.
    try write { _ in }
  }

  package func clientNotBefores(madeSince time: Timestamp) async throws(StoreError) -> [ClientNotBefore] {
    try read { data in
      data.clientNotBefores.values.filter { $0.madeAt >= time }.sorted { $0.sequence < $1.sequence }
    }
  }

  package func clientNotBefores(of ids: [ClientID]) async throws(StoreError) -> [ClientNotBefore] {
    try read { data in
      ids.compactMap { data.clientNotBefores[$0] }.sorted { $0.sequence < $1.sequence }
    }
  }

  @discardableResult
  package func removeClientNotBefores(
    madeBefore time: Timestamp,
    limit: Int
  ) async throws(StoreError) -> Int {
    try write { data in
      let old = data.clientNotBefores.values.filter { $0.madeAt < time }.first(limit)
      for notBefore in old { data.clientNotBefores[notBefore.clientID] = nil }
      return old.count
    }
  }
}
