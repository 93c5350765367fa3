package import TesseraCore
import TesseraJOSE

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

  package func insertClient(_ client: Client, audit: AuditEvent) async throws(StoreError) {
    try write { data throws(StoreError) in
      let mutation = try Mutation.inserting(
        client,
        isTaken: data.clients[client.id] != nil,
        namesakes: data.namesakes(of: client),
        after: data.clientNotBefores[client.id],
        audit: audit
      )
      data.write(mutation)
    }
  }

  @discardableResult
  package func updateClient(
    _ id: ClientID,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(StoreError) -> Void
  ) async throws(StoreError) -> Client {
    try write { data throws(StoreError) in
      guard let earlier = data.clients[id] else { throw .noClient(id) }
      var client = earlier
      try change(&client)
      let namesakes = data.namesakes(of: client)
      data.write(try .updating(earlier, to: client, namesakes: namesakes, audit: audit))
      return client
    }
  }

  package func deleteClient(
    _ id: ClientID,
    ifVersion version: Int?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write { data throws(StoreError) in
      let found = data.clients[id]?.version
      let mutation = try Mutation.deleting(id, found: found, ifVersion: version, audit: audit)
      data.write(mutation)
    }
  }
}
