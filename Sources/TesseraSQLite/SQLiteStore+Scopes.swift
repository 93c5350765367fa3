import GRDB
package import TesseraCore

extension SQLiteStore {
  package func scopes() async throws(StoreError) -> [ScopeDefinition] {
    try await read { database in
      try database.rows("SELECT * FROM scopes ORDER BY name").map(ScopeDefinition.init(row:))
    }
  }

  package func insertScope(_ definition: ScopeDefinition, audit: AuditEvent) async throws(StoreError) {
    try await write { database in
      try database.insertScope(definition)
      try database.record(audit, changed: .scopes)
    }
  }

  package func retireScope(
    _ scope: Scope,
    at time: Timestamp,
    revokingTokens: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write { database in
      guard let row = try database.row("SELECT retired_at FROM scopes WHERE name = \(scope.name)") else {
        throw StoreError.notFound("There is no scope \(scope)")
      }
      guard try row.optionalTime("retired_at") == nil else {
        throw StoreError.conflict("Scope \(scope) is already retired")
      }
      try database.execute(
        literal: "UPDATE scopes SET retired_at = \(time.milliseconds) WHERE name = \(scope.name)"
      )
      try database.record(audit, changed: .scopes)
      if revokingTokens { try database.revokeTokens(ofClientsWith: [scope], because: audit) }
    }
  }
}

extension Database {
  /// Adds a scope.
  ///
  /// Throws `conflict`.
  func insertScope(_ definition: ScopeDefinition) throws {
    do {
      try execute(
        literal: """
          INSERT INTO scopes (name, description, resource, created_at, retired_at) VALUES (
            \(definition.scope.name), \(definition.description), \(definition.resource.uri),
            \(definition.createdAt.milliseconds), \(definition.retiredAt?.milliseconds)
          )
          """
      )
    } catch DatabaseError.SQLITE_CONSTRAINT_PRIMARYKEY {
      throw StoreError.conflict("There is a scope \(definition.scope) already")
    }
  }
}

extension ScopeDefinition {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      scope: try row.parsed("name", by: Scope.init),
      description: try row.value("description"),
      resource: try row.parsed("resource", by: Resource.init(stored:)),
      createdAt: try row.time("created_at"),
      retiredAt: try row.optionalTime("retired_at")
    )
  }
}
