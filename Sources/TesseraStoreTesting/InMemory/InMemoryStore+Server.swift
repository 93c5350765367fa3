package import TesseraCore

extension InMemoryStore {
  package func scopes() async throws(StoreError) -> [ScopeDefinition] {
    try read { $0.scopes.values.sorted { $0.scope < $1.scope } }
  }

  package func resources() async throws(StoreError) -> [ResourceDefinition] {
    try read { $0.resources.values.sorted { $0.resource < $1.resource } }
  }

  package func keys() async throws(StoreError) -> [WrappedKey] {
    try read { $0.keys.values.sorted { $0.number < $1.number } }
  }

  package func serverState() async throws(StoreError) -> ServerState? {
    try read { $0.serverState }
  }
}
