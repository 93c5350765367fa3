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
    try reportingConflicts(of: client) {
      try execute(
        sql: """
          INSERT INTO clients (
            id, name, grant_types, scopes, default_scopes, token_format, claims, authentication_method,
            introspected_resources, token_lifetime, enabled, tokens_not_before, created_at, updated_at
          ) VALUES (
            :id, :name, :grant_types, :scopes, :default_scopes, :token_format, :claims,
            :authentication_method, :introspected_resources, :token_lifetime, :enabled, :tokens_not_before,
            :created_at, :updated_at
          )
          """,
        arguments: try client.columns()
      )
    }
    try insertSecrets(of: client)
  }

  /// Overwrites a client and its secrets.
  ///
  /// Throws `conflict`.
  func updateClient(_ client: Client) throws {
    try reportingConflicts(of: client) {
      try execute(
        sql: """
          UPDATE clients SET
            name = :name, grant_types = :grant_types, scopes = :scopes,
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
