package import TesseraCore
import TesseraJOSE

extension PostgresStore {
  package func scopes() async throws(StoreError) -> [ScopeDefinition] {
    try await read { connection throws(StoreError) in try connection.scopes() }
  }
}

extension Connection {
  package func scopes() throws(StoreError) -> [ScopeDefinition] {
    try run(.scopes + "ORDER BY name").map(ScopeDefinition.init(row:))
  }

  package func scope(_ scope: Scope) throws(StoreError) -> ScopeDefinition? {
    try run(.scopes + "WHERE name = \(scope.name)").map(ScopeDefinition.init(row:)).first
  }

  package func insert(_ definition: ScopeDefinition) throws(StoreError) {
    try run(
      """
      INSERT INTO scopes (name, description, resource, created_at, retired_at) VALUES (
        \(definition.scope.name), \(definition.description), \(definition.resource.uri),
        \(definition.createdAt.milliseconds), \(definition.retiredAt?.milliseconds)
      )
      """
    )
  }

  package func update(_ definition: ScopeDefinition) throws(StoreError) {
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
