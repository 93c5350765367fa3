package import TesseraCore

extension PostgresStore {
  package func client(_ id: ClientID) async throws(StoreError) -> Client? {
    try await read { connection throws(StoreError) in try connection.client(id) }
  }

  package func clients(named name: String) async throws(StoreError) -> [Client] {
    try await read { connection throws(StoreError) in
      let named: Statement = "WHERE c.name_key = \(Name.key(of: name))"
      return try connection.clients(.columns + "FROM clients c" + .secrets + named + .order)
    }
  }

  package func clients(after id: ClientID?, limit: Int) async throws(StoreError) -> [Client] {
    try await read { connection throws(StoreError) in
      // Every identifier comes after the empty text. A negative LIMIT would be an error.
      let page: Statement =
        "FROM (SELECT * FROM clients WHERE id > \(id?.rawValue ?? "") ORDER BY id LIMIT \(max(0, limit))) c"
      return try connection.clients(.columns + page + .secrets + .order)
    }
  }

  package func insertClient(_ client: Client, audit: AuditEvent) async throws(StoreError) {
    try await write { connection throws(StoreError) in
      let mutation = try Mutation.inserting(
        client,
        isTaken: try connection.version(of: client.id) != nil,
        namesakes: try connection.namesakes(of: client),
        after: try connection.clientNotBefores(of: [client.id]).first,
        audit: audit
      )
      try connection.write(mutation)
    }
  }

  @discardableResult
  package func updateClient(
    _ id: ClientID,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(StoreError) -> Void
  ) async throws(StoreError) -> Client {
    try await write { connection throws(StoreError) in
      guard let earlier = try connection.client(id) else { throw .noClient(id) }
      var client = earlier
      try change(&client)
      let namesakes = try connection.namesakes(of: client)
      try connection.write(try Mutation.updating(earlier, to: client, namesakes: namesakes, audit: audit))
      return client
    }
  }

  package func deleteClient(
    _ id: ClientID,
    ifVersion version: Int?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write { connection throws(StoreError) in
      let found = try connection.version(of: id)
      let mutation = try Mutation.deleting(id, found: found, ifVersion: version, audit: audit)
      try connection.write(mutation)
    }
  }
}

/// The parts of a question for clients with their secrets, in one statement, so that both are of one snapshot.
extension Statement {
  static let columns: Statement = """
    SELECT c.id, c.name, c.grant_types, c.scopes, c.default_scopes, c.token_format, c.claims,
      c.authentication_method, c.introspected_resources, c.token_lifetime, c.enabled, c.tokens_not_before,
      c.version, c.created_at, c.updated_at,
      s.name AS secret_name, s.hash_kind, s.salt, s.digest, s.created_at AS secret_created_at,
      s.expires_at AS secret_expires_at
    """
  static let secrets: Statement = "LEFT JOIN client_secrets s ON s.client_id = c.id"
  fileprivate static let order: Statement = "ORDER BY c.id, s.position"
}

extension Connection {
  /// The client with this identifier; nil when there is none.
  func client(_ id: ClientID) throws(StoreError) -> Client? {
    try clients(.columns + "FROM clients c" + .secrets + "WHERE c.id = \(id.rawValue)" + .order).first
  }

  /// The clients of rows that have one secret each, those of one client in a sequence.
  fileprivate func clients(_ statement: Statement) throws(StoreError) -> [Client] {
    try Connection.clients(of: try run(statement))
  }

  /// The same of rows that are there.
  static func clients(of rows: Rows) throws(StoreError) -> [Client] {
    var clients: [Client] = []
    var index = 0
    while index < rows.count {
      let row = rows[index]
      let id: String = try row.value("id")
      var secrets: [StoredSecret] = []
      while index < rows.count, try rows[index].value("id") == id {
        if let name: String = try rows[index].optionalValue("secret_name") {
          secrets.append(try StoredSecret(row: rows[index], name: name))
        }
        index += 1
      }
      clients.append(try Client(row: row, secrets: secrets))
    }
    return clients
  }

  /// The version of the client with this identifier, be it one that cannot be read; nil when there is none.
  fileprivate func version(of id: ClientID) throws(StoreError) -> Int? {
    try row("SELECT version FROM clients WHERE id = \(id.rawValue)")?.value("version")
  }

  /// The names of other clients that have the key of this one's.
  fileprivate func namesakes(of client: Client) throws(StoreError) -> [String] {
    try run(
      "SELECT name FROM clients WHERE name_key = \(Name.key(of: client.name)) AND id <> \(client.id.rawValue)"
    ).map { row throws(StoreError) in try row.value("name") }
  }

  /// Takes back the tokens of every client that may ask for one of these scopes.
  ///
  /// One at a time: there may be a million of them.
  func revokeTokens(ofClientsWith scopes: [Scope], because audit: AuditEvent) throws(StoreError) {
    let rows = try run(
      """
      SELECT id FROM clients WHERE string_to_array(scopes, ' ') && \(scopes.map(\.name))::text[]
      ORDER BY id
      """
    )
    let ids = try rows.map { row throws(StoreError) in try row.parsed("id", by: ClientID.init) }
    for id in ids {
      guard let client = try client(id) else { continue }
      try write(Mutation.revokingTokens(of: client, because: audit))
    }
  }
}
