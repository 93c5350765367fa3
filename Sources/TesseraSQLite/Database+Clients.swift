import GRDB
import TesseraCore

extension Database {
  /// The client with this identifier; nil when there is none.
  func client(_ id: ClientID) throws -> Client? {
    try row("SELECT * FROM clients WHERE id = \(id.rawValue)").map(client(in:))
  }

  /// The client of a row of `clients`, with its secrets.
  func client(in row: Row) throws -> Client {
    let id: String = try row.value("id")
    return try Client(row: row, secrets: try secrets(from: id, through: id)[id, default: []])
  }

  /// Adds a client and its secrets.
  ///
  /// Throws `conflict`.
  func insertClient(_ client: Client) throws {
    try checkNames(of: client, since: nil)
    try reportingConflicts(of: client) {
      try execute(
        sql: """
          INSERT INTO clients (
            id, name, name_key, grant_types, scopes, default_scopes, token_format, claims, authentication_method,
            introspected_resources, token_lifetime, enabled, tokens_not_before, created_at, updated_at
          ) VALUES (
            :id, :name, :name_key, :grant_types, :scopes, :default_scopes, :token_format, :claims,
            :authentication_method, :introspected_resources, :token_lifetime, :enabled, :tokens_not_before,
            :created_at, :updated_at
          )
          """,
        arguments: try client.columns()
      )
    }
    try insertSecrets(of: client)
  }

  /// Changes a client.
  ///
  /// Throws what `change` throws, `notFound` and `conflict`.
  @discardableResult
  func updateClient(
    _ id: ClientID,
    _ audit: AuditEvent,
    _ change: (inout Client) throws(StoreError) -> Void
  ) throws -> Client {
    guard var client = try client(id) else { throw StoreError.notFound("There is no client \(id)") }
    let earlier = client
    try change(&client)
    try checkNames(of: client, since: earlier)
    try overwriteClient(client)
    let sequence = try record(audit, changed: .client(id))
    if client.notBefore != earlier.notBefore { try setNotBefore(client.notBefore, of: id, audit, sequence) }
    return client
  }

  /// Takes back the tokens of every client that may ask for one of these scopes.
  func revokeTokens(ofClientsWith scopes: [Scope], because audit: AuditEvent) throws {
    var clients = Set<ClientID>()
    for scope in scopes {
      let rows = try rows("SELECT id FROM clients WHERE instr(' ' || scopes || ' ', \(" \(scope) ")) > 0")
      for row in rows { clients.insert(try row.parsed("id", by: ClientID.init)) }
    }
    for id in clients.sorted() {
      try updateClient(id, audit.revokingTokens(of: id)) { client throws(StoreError) in
        client.revokeTokens(at: audit.time)
      }
    }
  }

  /// Overwrites a client and its secrets.
  ///
  /// Throws `conflict`.
  func overwriteClient(_ client: Client) throws {
    try reportingConflicts(of: client) {
      try execute(
        sql: """
          UPDATE clients SET
            name = :name, name_key = :name_key, grant_types = :grant_types, scopes = :scopes,
            default_scopes = :default_scopes, token_format = :token_format, claims = :claims,
            authentication_method = :authentication_method,
            introspected_resources = :introspected_resources, token_lifetime = :token_lifetime,
            enabled = :enabled, tokens_not_before = :tokens_not_before, created_at = :created_at,
            updated_at = :updated_at
          WHERE id = :id
          """,
        arguments: try client.columns()
      )
    }
    try replaceSecrets(of: client)
  }

  /// Throws `conflict` when another client has the name, which this one did not have before, or a new secret has that of
  /// another.
  private func checkNames(of client: Client, since earlier: Client?) throws {
    let key = Name.key(of: client.name)
    if earlier.map({ Name.key(of: $0.name) }) != key {
      let other = try row(
        "SELECT name FROM clients WHERE name_key = \(key) AND id <> \(client.id.rawValue) LIMIT 1"
      )
      if let other {
        let name: String = try other.value("name")
        throw StoreError.conflict("There is a client named \"\(name)\" already")
      }
    }
    if let name = client.repeatedSecretName(since: earlier) {
      throw StoreError.conflict("Client \(client.id) has a secret named \"\(name)\" already")
    }
  }

  private func reportingConflicts(of client: Client, _ write: () throws -> Void) throws {
    do {
      try write()
    } catch DatabaseError.SQLITE_CONSTRAINT_PRIMARYKEY {
      throw StoreError.conflict("There is a client \(client.id) already")
    } catch DatabaseError.SQLITE_CONSTRAINT_UNIQUE {
      throw StoreError.conflict("There is a client named \"\(client.name)\" already")
    }
  }
}
