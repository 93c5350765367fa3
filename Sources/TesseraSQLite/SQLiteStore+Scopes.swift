package import GRDB
package import TesseraCore
import TesseraJOSE

extension SQLiteStore {
  package func scopes() async throws(StoreError) -> [ScopeDefinition] {
    try await read { try $0.scopes() }
  }

  package func resources() async throws(StoreError) -> [ResourceDefinition] {
    try await read { try $0.resources() }
  }
}

extension Database {
  package func scopes() throws(StoreError) -> [ScopeDefinition] {
    try rows("SELECT * FROM scopes ORDER BY name").map(ScopeDefinition.init(row:))
  }

  package func resources() throws(StoreError) -> [ResourceDefinition] {
    try rows("SELECT * FROM resources ORDER BY uri").map(ResourceDefinition.init(row:))
  }

  package func scope(_ scope: Scope) throws(StoreError) -> ScopeDefinition? {
    try row("SELECT * FROM scopes WHERE name = \(scope.name)").map(ScopeDefinition.init(row:))
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

  package func resource(_ resource: Resource) throws(StoreError) -> ResourceDefinition? {
    try row("SELECT * FROM resources WHERE uri = \(resource.uri)").map(ResourceDefinition.init(row:))
  }

  package func insert(_ definition: ResourceDefinition) throws(StoreError) {
    try run(
      """
      INSERT INTO resources (
        uri, description, token_format, signing_algorithm, jwt_type, version, created_at, retired_at
      )
      VALUES (
        \(definition.resource.uri), \(definition.description), \(definition.tokenFormat?.rawValue),
        \(definition.signingAlgorithm?.name), \(definition.jwtType.rawValue), \(definition.version),
        \(definition.createdAt.milliseconds), \(definition.retiredAt?.milliseconds)
      )
      """
    )
  }

  package func update(_ definition: ResourceDefinition) throws(StoreError) {
    try run(
      """
      UPDATE resources SET
        description = \(definition.description), token_format = \(definition.tokenFormat?.rawValue),
        signing_algorithm = \(definition.signingAlgorithm?.name), jwt_type = \(definition.jwtType.rawValue),
        version = \(definition.version), retired_at = \(definition.retiredAt?.milliseconds)
      WHERE uri = \(definition.resource.uri)
      """
    )
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

extension ResourceDefinition {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      resource: try row.parsed("uri", by: Resource.init(stored:)),
      description: try row.value("description"),
      tokenFormat: try row.optionallyParsed("token_format", by: TokenFormat.init),
      signingAlgorithm: try row.optionallyParsed("signing_algorithm", by: SigningAlgorithm.init),
      jwtType: try row.parsed("jwt_type", by: JWTType.init(rawValue:)),
      version: try row.value("version"),
      createdAt: try row.time("created_at"),
      retiredAt: try row.optionalTime("retired_at")
    )
  }
}
