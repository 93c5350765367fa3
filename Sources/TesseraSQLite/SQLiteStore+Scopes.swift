import GRDB
package import TesseraCore
package import TesseraJOSE

extension SQLiteStore {
  package func scopes() async throws(StoreError) -> [ScopeDefinition] {
    try await read { try $0.scopes() }
  }

  package func insertScope(_ definition: ScopeDefinition, audit: AuditEvent) async throws(StoreError) {
    try await write { database in
      let isTaken = try database.scope(definition.scope) != nil
      try database.write(try .inserting(definition, isTaken: isTaken, audit: audit))
    }
  }

  package func retireScope(
    _ scope: Scope,
    at time: Timestamp,
    revokingTokens: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write { database in
      let found = try database.scope(scope)
      try database.write(try .retiring(scope, found: found, at: time, audit: audit))
      if revokingTokens { try database.revokeTokens(ofClientsWith: [scope], because: audit) }
    }
  }

  package func resources() async throws(StoreError) -> [ResourceDefinition] {
    try await read { try $0.resources() }
  }

  package func insertResource(
    _ definition: ResourceDefinition,
    with key: KeyChange?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write { database in
      let mutations = try Mutation.inserting(
        definition,
        isTaken: try database.resource(definition.resource) != nil,
        with: key,
        among: try database.keys(),
        audit: audit
      )
      try database.write(mutations)
    }
  }

  @discardableResult
  package func updateResource(
    _ resource: Resource,
    with key: KeyChange?,
    revokingTokens: Bool,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ResourceDefinition) throws(StoreError) -> Void
  ) async throws(StoreError) -> ResourceDefinition {
    try await write { database in
      guard var definition = try database.resource(resource) else { throw StoreError.noResource(resource) }
      try change(&definition)
      let keys = try database.keys()
      try database.write(try Mutation.updating(to: definition, with: key, among: keys, audit: audit))
      if revokingTokens {
        let rows = try database.rows("SELECT name FROM scopes WHERE resource = \(resource.uri)")
        let scopes = try rows.map { row in try row.parsed("name", by: Scope.init) }
        try database.revokeTokens(ofClientsWith: scopes, because: audit)
      }
      return definition
    }
  }
}

extension Database {
  /// All scopes by name.
  func scopes() throws -> [ScopeDefinition] {
    try rows("SELECT * FROM scopes ORDER BY name").map(ScopeDefinition.init(row:))
  }

  /// All resources by URI.
  func resources() throws -> [ResourceDefinition] {
    try rows("SELECT * FROM resources ORDER BY uri").map(ResourceDefinition.init(row:))
  }

  fileprivate func scope(_ scope: Scope) throws -> ScopeDefinition? {
    try row("SELECT * FROM scopes WHERE name = \(scope.name)").map(ScopeDefinition.init(row:))
  }

  func insert(_ definition: ScopeDefinition) throws {
    try execute(
      literal: """
        INSERT INTO scopes (name, description, resource, created_at, retired_at) VALUES (
          \(definition.scope.name), \(definition.description), \(definition.resource.uri),
          \(definition.createdAt.milliseconds), \(definition.retiredAt?.milliseconds)
        )
        """
    )
  }

  func update(_ definition: ScopeDefinition) throws {
    try execute(
      literal: """
        UPDATE scopes SET
          description = \(definition.description), resource = \(definition.resource.uri),
          retired_at = \(definition.retiredAt?.milliseconds)
        WHERE name = \(definition.scope.name)
        """
    )
  }

  fileprivate func resource(_ resource: Resource) throws -> ResourceDefinition? {
    try row("SELECT * FROM resources WHERE uri = \(resource.uri)").map(ResourceDefinition.init(row:))
  }

  func insert(_ definition: ResourceDefinition) throws {
    try execute(
      literal: """
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

  func update(_ definition: ResourceDefinition) throws {
    try execute(
      literal: """
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
