import GRDB
package import TesseraCore
import TesseraJOSE

extension SQLiteStore {
  package func resources() async throws(StoreError) -> [ResourceDefinition] {
    try await read { database in
      try database.rows("SELECT * FROM resources ORDER BY uri").map(ResourceDefinition.init(row:))
    }
  }

  package func insertResource(
    _ definition: ResourceDefinition,
    with key: KeyChange?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write { database in
      if let key { try database.make(key) }
      try database.insertResource(definition)
      try database.record(audit, changed: .resources)
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
      guard let row = try database.row("SELECT * FROM resources WHERE uri = \(resource.uri)") else {
        throw StoreError.notFound("There is no resource \(resource)")
      }
      var definition = try ResourceDefinition(row: row)
      try change(&definition)
      if let key { try database.make(key) }
      try database.execute(
        literal: """
          UPDATE resources SET
            description = \(definition.description), token_format = \(definition.tokenFormat?.rawValue),
            signing_algorithm = \(definition.signingAlgorithm?.name), jwt_type = \(definition.jwtType.rawValue),
            retired_at = \(definition.retiredAt?.milliseconds)
          WHERE uri = \(resource.uri)
          """
      )
      try database.record(audit, changed: .resources)
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
  /// Adds a resource.
  ///
  /// Throws `conflict`.
  func insertResource(_ definition: ResourceDefinition) throws {
    do {
      try execute(
        literal: """
          INSERT INTO resources (
            uri, description, token_format, signing_algorithm, jwt_type, created_at, retired_at
          )
          VALUES (
            \(definition.resource.uri), \(definition.description), \(definition.tokenFormat?.rawValue),
            \(definition.signingAlgorithm?.name), \(definition.jwtType.rawValue),
            \(definition.createdAt.milliseconds), \(definition.retiredAt?.milliseconds)
          )
          """
      )
    } catch DatabaseError.SQLITE_CONSTRAINT_PRIMARYKEY {
      throw StoreError.conflict("There is a resource \(definition.resource) already")
    }
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
      createdAt: try row.time("created_at"),
      retiredAt: try row.optionalTime("retired_at")
    )
  }
}
