package import TesseraCore
package import TesseraJOSE

extension PostgresStore {
  package func scopes() async throws(StoreError) -> [ScopeDefinition] {
    try await read { connection throws(StoreError) in try connection.scopes() }
  }

  package func insertScope(_ definition: ScopeDefinition, audit: AuditEvent) async throws(StoreError) {
    try await write { connection throws(StoreError) in
      let isTaken = try connection.scope(definition.scope) != nil
      try connection.write(try Mutation.inserting(definition, isTaken: isTaken, audit: audit))
    }
  }

  package func retireScope(
    _ scope: Scope,
    at time: Timestamp,
    revokingTokens: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write { connection throws(StoreError) in
      let found = try connection.scope(scope)
      try connection.write(try Mutation.retiring(scope, found: found, at: time, audit: audit))
      if revokingTokens { try connection.revokeTokens(ofClientsWith: [scope], because: audit) }
    }
  }
}

extension Connection {
  /// All scopes by name.
  func scopes() throws(StoreError) -> [ScopeDefinition] {
    try run(.scopes + "ORDER BY name").map(ScopeDefinition.init(row:))
  }

  fileprivate func scope(_ scope: Scope) throws(StoreError) -> ScopeDefinition? {
    try run(.scopes + "WHERE name = \(scope.name)").map(ScopeDefinition.init(row:)).first
  }

  func insert(_ definition: ScopeDefinition) throws(StoreError) {
    try run(
      """
      INSERT INTO scopes (name, description, resource, created_at, retired_at) VALUES (
        \(definition.scope.name), \(definition.description), \(definition.resource.uri),
        \(definition.createdAt.milliseconds), \(definition.retiredAt?.milliseconds)
      )
      """
    )
  }

  func update(_ definition: ScopeDefinition) throws(StoreError) {
    try run(
      """
      UPDATE scopes SET
        description = \(definition.description), resource = \(definition.resource.uri),
        retired_at = \(definition.retiredAt?.milliseconds)
      WHERE name = \(definition.scope.name)
      """
    )
  }
}

extension Statement {
  fileprivate static let scopes: Statement =
    "SELECT name, description, resource, created_at, retired_at FROM scopes"
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
