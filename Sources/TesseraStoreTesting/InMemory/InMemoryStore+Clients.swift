package import TesseraCore

extension InMemoryStore {
  package func client(_ id: ClientID) async throws(StoreError) -> Client? {
    try read { $0.clients[id] }
  }

  package func clients(named name: String) async throws(StoreError) -> [Client] {
    try read { data in
      data.clientsByName[Name.key(of: name), default: []].compactMap { data.clients[$0] }
        .sorted { $0.id < $1.id }
    }
  }

  package func clients(after id: ClientID?, limit: Int) async throws(StoreError) -> [Client] {
    try read { data in
      data.clients.values
        .filter { client in id.map { $0 < client.id } ?? true }
        .sorted { $0.id < $1.id }
        .first(limit)
    }
  }
}
