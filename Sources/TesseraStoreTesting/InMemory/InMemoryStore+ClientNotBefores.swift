package import TesseraCore
package import TesseraJOSE

extension InMemoryStore {
  package func clientNotBefores(madeSince time: Timestamp) async throws(StoreError) -> [ClientNotBefore] {
    try read(.revocations) { data in
      data.clientNotBefores.values.filter { $0.madeAt >= time }.sorted { $0.sequence < $1.sequence }
    }
  }

  package func clientNotBefore(of id: ClientID) async throws(StoreError) -> ClientNotBefore? {
    try read(.revocations) { $0.clientNotBefores[id] }
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

extension StoredData {
  /// Records which tokens of a client are inactive from now on.
  @discardableResult
  mutating func setNotBefore(
    _ notBefore: Timestamp,
    of id: ClientID,
    _ audit: AuditEvent,
    _ sequence: Int64
  ) -> ClientNotBefore {
    let set = ClientNotBefore(clientID: id, notBefore: notBefore, madeAt: audit.time, sequence: sequence)
    clientNotBefores[id] = set
    return set
  }
}
