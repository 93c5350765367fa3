package import TesseraCore
import TesseraJOSE

extension InMemoryStore {
  package func client(_ id: ClientID) async throws(StoreError) -> Client? {
    try read(.clients) { $0.clients[id] }
  }

  package func clients(named name: String) async throws(StoreError) -> [Client] {
    try read(.clients) { data in
      data.clientsByName[Name.key(of: name), default: []].compactMap { data.clients[$0] }
        .sorted { $0.id < $1.id }
    }
  }

  package func clients(after id: ClientID?, limit: Int) async throws(StoreError) -> [Client] {
    try read(.clients) { data in
      data.clients.values
        .filter { client in id.map { $0 < client.id } ?? true }
        .sorted { $0.id < $1.id }
        .first(limit)
    }
  }

  package func insertClient(_ client: Client, audit: AuditEvent) async throws(StoreError) {
    try write { data throws(StoreError) in
      guard data.clients[client.id] == nil else {
        throw .conflict("There is a client \(client.id) already")
      }
      let earlier = data.clientNotBefores[client.id]
      let client = earlier.map(client.succeeding) ?? client
      try data.put(client)
      let sequence = data.record(audit, changed: .client(client.id))
      if earlier != nil { data.setNotBefore(client.notBefore, of: client.id, audit, sequence) }
    }
  }

  @discardableResult
  package func updateClient(
    _ id: ClientID,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(StoreError) -> Void
  ) async throws(StoreError) -> Client {
    try write { data throws(StoreError) in try data.updateClient(id, audit, change) }
  }

  package func deleteClient(_ id: ClientID, audit: AuditEvent) async throws(StoreError) {
    try write { data throws(StoreError) in
      guard let client = data.clients.removeValue(forKey: id) else {
        throw .notFound("There is no client \(id)")
      }
      data.clientsByName[Name.key(of: client.name)]?.remove(id)
      let sequence = data.record(audit, changed: .client(id))
      data.setNotBefore(.distantFuture, of: id, audit, sequence)
    }
  }
}

extension StoredData {
  /// Changes a client.
  @discardableResult
  mutating func updateClient(
    _ id: ClientID,
    _ audit: AuditEvent,
    _ change: (inout Client) throws(StoreError) -> Void
  ) throws(StoreError) -> Client {
    guard var client = clients[id] else { throw .notFound("There is no client \(id)") }
    let notBefore = client.notBefore
    try change(&client)
    try put(client)
    let sequence = record(audit, changed: .client(id))
    if client.notBefore != notBefore { setNotBefore(client.notBefore, of: id, audit, sequence) }
    return client
  }

  /// Takes back the tokens of every client that may ask for one of these scopes.
  mutating func revokeTokens(
    ofClientsWith scopes: [Scope],
    because audit: AuditEvent
  ) throws(StoreError) {
    for client in clients.values.sorted(by: { $0.id < $1.id })
    where scopes.contains(where: client.scopes.contains) {
      try updateClient(client.id, audit.revokingTokens(of: client.id)) { client throws(StoreError) in
        client.revokeTokens(at: audit.time)
      }
    }
  }

  /// Adds or overwrites a client.
  ///
  /// Throws `conflict` when another has its name, which it did not have before, or two secrets have one.
  fileprivate mutating func put(_ client: Client) throws(StoreError) {
    let (earlier, key) = (clients[client.id], Name.key(of: client.name))
    let earlierKey = earlier.map { Name.key(of: $0.name) }
    guard key == earlierKey || clientsByName[key, default: []].isEmpty else {
      throw .conflict("There is a client named \"\(client.name)\" already")
    }
    let hasRepeatedName = Set(client.secrets.map { Array($0.name.utf8) }).count < client.secrets.count
    guard !hasRepeatedName, client.repeatedSecretName(since: earlier) == nil else {
      throw .conflict("Client \(client.id) has two secrets of one name")
    }
    if let earlierKey { clientsByName[earlierKey]?.remove(client.id) }
    clientsByName[key, default: []].insert(client.id)
    clients[client.id] = client
  }
}
