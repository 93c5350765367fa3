package import TesseraCore
package import TesseraJOSE

extension InMemoryStore {
  package func serverState() async throws(StoreError) -> ServerState? {
    try read(.serverState) { $0.serverState }
  }

  package func initialise(_ initial: InitialState, audit: AuditEvent) async throws(StoreError) -> Bool {
    try write { data throws(StoreError) in
      guard data.serverState == nil else { return false }
      data.serverState = initial.serverState
      for definition in initial.resources { try data.insert(definition) }
      for definition in initial.scopes { try data.insert(definition) }
      for key in initial.keys { try data.insert(key) }
      data.record(audit, changed: .serverState, .resources, .scopes, .keys)
      return true
    }
  }

  package func setTokensNotBefore(_ time: Timestamp, audit: AuditEvent) async throws(StoreError) {
    try write { data throws(StoreError) in
      guard let current = data.serverState else { throw .notFound("The store is not initialised") }
      data.serverState?.tokensNotBefore = max(current.tokensNotBefore ?? time, time)
      data.record(audit, changed: .serverState)
    }
  }

  package func resetTokensNotBefore(_ time: Timestamp, audit: AuditEvent) async throws(StoreError) {
    try write { data throws(StoreError) in
      guard data.serverState != nil else { throw .notFound("The store is not initialised") }
      data.serverState?.tokensNotBefore = time
      data.record(audit, changed: .serverState)
    }
  }
}
