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
}

/// The parts of a question for clients with their secrets, in one statement, so that both are of one snapshot.
extension Statement {
  static let columns: Statement = """
    SELECT c.id, c.name, c.grant_types, c.scopes, c.default_scopes, c.token_format, c.claims,
      c.authentication_method, c.introspected_resources, c.allowed_addresses, c.token_lifetime, c.enabled, c.tokens_not_before,
      c.version, c.created_at, c.updated_at, c.owner, c.contact, c.labels, c.quota, c.quota_burst, c.quota_log_only,
      c.key_metadata,
      s.name AS secret_name, s.hash_kind, s.salt, s.digest, s.created_at AS secret_created_at,
      s.expires_at AS secret_expires_at, s.prefix
    """
  static let secrets: Statement = "LEFT JOIN client_secrets s ON s.client_id = c.id"
  fileprivate static let order: Statement = "ORDER BY c.id, s.position"
}

extension Connection {
  /// The client with this identifier; nil when there is none.
  package func client(_ id: ClientID) throws(StoreError) -> Client? {
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
  package func version(of id: ClientID) throws(StoreError) -> Int? {
    try row("SELECT version FROM clients WHERE id = \(id.rawValue)")?.value("version")
  }

  /// The names of other clients that have the key of this one's.
  package func namesakes(of client: Client) throws(StoreError) -> [String] {
    try run(
      "SELECT name FROM clients WHERE name_key = \(Name.key(of: client.name)) AND id <> \(client.id.rawValue)"
    ).map { row throws(StoreError) in try row.value("name") }
  }

  package func clients(
    withAnyOf scopes: [Scope],
    after id: ClientID?,
    limit: Int
  ) throws(StoreError) -> [Client] {
    let page: Statement = """
      FROM (
        SELECT * FROM clients
        WHERE id > \(id?.rawValue ?? "") AND string_to_array(scopes, ' ') && \(scopes.map(\.name))::text[]
        ORDER BY id LIMIT \(limit)
      ) c
      """
    return try clients(.columns + page + .secrets + .order)
  }
}
