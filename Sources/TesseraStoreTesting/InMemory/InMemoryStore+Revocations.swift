package import TesseraCore
package import TesseraJOSE

extension InMemoryStore {
  package func revocations(after sequence: Int64, limit: Int) async throws(StoreError) -> [RevocationRecord] {
    let records = try read(.revocations) { data in
      data.revocations.values.filter { $0.sequence > sequence }.sorted { $0.sequence < $1.sequence }.first(
        limit
      )
    }
    await interfere()
    return records
  }

  package func revocation(of token: TokenID) async throws(StoreError) -> RevocationRecord? {
    try read(.revocations) { $0.revocations[token] }
  }

  package func insertRevocation(
    _ revocation: Revocation,
    limit: RevocationLimit,
    audit: AuditEvent
  ) async throws(StoreError) -> RevocationOutcome {
    await pass()
    return try write { data in
      if let known = data.revocations[revocation.token] { return .token(known) }
      if var client = data.clients[revocation.clientID], !data.hasRoom(for: client.id, limit) {
        data.revocations = data.revocations.filter {
          $0.value.clientID != client.id || $0.value.expiresAt >= audit.time
        }
        if !data.hasRoom(for: client.id, limit) {
          return .client(data.takeOver(&client, revocation, audit))
        }
      }
      let sequence = data.record(audit, changed: .revocation(revocation.token))
      let record = RevocationRecord(sequence: sequence, revocation)
      data.revocations[revocation.token] = record
      return .token(record)
    }
  }

  @discardableResult
  package func removeRevocations(expiredBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try write { data in
      let expired = data.revocations.values.filter { $0.expiresAt < time }.first(limit)
      for record in expired { data.revocations[record.token] = nil }
      return expired.count
    }
  }
}

extension StoredData {
  fileprivate func hasRoom(for id: ClientID, _ limit: RevocationLimit) -> Bool {
    limit.allowsAnother(
      ofClient: revocations.values.count { $0.clientID == id },
      ofAll: revocations.count
    )
  }

  fileprivate mutating func takeOver(
    _ client: inout Client,
    _ revocation: Revocation,
    _ audit: AuditEvent
  ) -> ClientNotBefore {
    let id = client.id
    let revoked = revocations.values.filter { $0.clientID == id }
    let last = revoked.map(\.issuedAt).max() ?? revocation.issuedAt
    client.revokeTokens(issuedUntil: revocation.issuedAt, last, at: audit.time)
    clients[id] = client
    for record in revoked { revocations[record.token] = nil }
    let event = audit.takenOver(by: id, from: revoked.count + 1)
    let sequence = record(event, changed: .client(id))
    return setNotBefore(client.notBefore, of: id, event, sequence)
  }
}
