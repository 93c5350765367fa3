package import TesseraCore

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
  package func removeClientNotBefores(madeBefore time: Timestamp) async throws(StoreError) -> Int {
    try write { data in
      let before = data.clientNotBefores.count
      data.clientNotBefores = data.clientNotBefores.filter { $0.value.madeAt >= time }
      return before - data.clientNotBefores.count
    }
  }
}

extension StoredData {
  /// Records which tokens of a client are inactive from now on.
  mutating func setNotBefore(_ notBefore: Timestamp, of id: ClientID, _ audit: AuditEvent, _ sequence: Int64)
  {
    clientNotBefores[id] = ClientNotBefore(
      clientID: id,
      notBefore: notBefore,
      madeAt: audit.time,
      sequence: sequence
    )
  }
}
