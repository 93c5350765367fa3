package import TesseraCore

extension InMemoryStore {
  package func client(_ id: ClientID) async throws(StoreError) -> Client? {
    try read(.clients) { $0.clients[id] }
  }

  package func client(named name: String) async throws(StoreError) -> Client? {
    try read(.clients) { $0.client(named: name) }
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
      try data.put(client)
      let sequence = data.record(audit, changed: .client(client.id))
      if data.clientNotBefores[client.id] != nil {
        data.setNotBefore(client.notBefore, of: client.id, audit, sequence)
      }
    }
  }

  @discardableResult
  package func updateClient(
    _ id: ClientID,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(StoreError) -> Void
  ) async throws(StoreError) -> Client {
    try write { data throws(StoreError) in
      guard var client = data.clients[id] else { throw .notFound("There is no client \(id)") }
      let notBefore = client.notBefore
      try change(&client)
      try data.put(client)
      let sequence = data.record(audit, changed: .client(id))
      if client.notBefore != notBefore { data.setNotBefore(client.notBefore, of: id, audit, sequence) }
      return client
    }
  }

  package func deleteClient(_ id: ClientID, audit: AuditEvent) async throws(StoreError) {
    try write { data throws(StoreError) in
      guard data.clients.removeValue(forKey: id) != nil else {
        throw .notFound("There is no client \(id)")
      }
      let sequence = data.record(audit, changed: .client(id))
      data.setNotBefore(.distantFuture, of: id, audit, sequence)
    }
  }
}

extension StoredData {
  /// By bytes, as a database compares: `==` takes different spellings of one Unicode text for equal.
  fileprivate func client(named name: String) -> Client? {
    clients.values.first { $0.name.utf8.elementsEqual(name.utf8) }
  }

  /// Adds or overwrites a client.
  ///
  /// Throws `conflict` when another has its name, or two secrets have one.
  fileprivate mutating func put(_ client: Client) throws(StoreError) {
    if let other = self.client(named: client.name), other.id != client.id {
      throw .conflict("There is a client named \"\(client.name)\" already")
    }
    guard Set(client.secrets.map { Array($0.name.utf8) }).count == client.secrets.count else {
      throw .conflict("Client \(client.id) has two secrets of one name")
    }
    clients[client.id] = client
  }
}
