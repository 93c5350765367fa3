package import TesseraCore
import TesseraJOSE

extension PostgresStore {
  package func resources() async throws(StoreError) -> [ResourceDefinition] {
    try await read { connection throws(StoreError) in try connection.resources() }
  }

  package func insertResource(
    _ definition: ResourceDefinition,
    with key: KeyChange?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write { connection throws(StoreError) in
      let mutations = try Mutation.inserting(
        definition,
        isTaken: try connection.resource(definition.resource) != nil,
        with: key,
        among: try connection.keys(),
        audit: audit
      )
      try connection.write(mutations)
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
    try await write { connection throws(StoreError) in
      guard var definition = try connection.resource(resource) else { throw .noResource(resource) }
      try change(&definition)
      let keys = try connection.keys()
      try connection.write(try Mutation.updating(to: definition, with: key, among: keys, audit: audit))
      if revokingTokens {
        let rows = try connection.run("SELECT name FROM scopes WHERE resource = \(resource.uri)")
        let scopes = try rows.map { row throws(StoreError) in try row.parsed("name", by: Scope.init) }
        try connection.revokeTokens(ofClientsWith: scopes, because: audit)
      }
      return definition
    }
  }
}

extension Connection {
  /// All resources by URI.
  func resources() throws(StoreError) -> [ResourceDefinition] {
    try run(.resources + "ORDER BY uri").map(ResourceDefinition.init(row:))
  }

  fileprivate func resource(_ resource: Resource) throws(StoreError) -> ResourceDefinition? {
    try run(.resources + "WHERE uri = \(resource.uri)").map(ResourceDefinition.init(row:)).first
  }

  func insert(_ definition: ResourceDefinition) throws(StoreError) {
    try run(
      """
      INSERT INTO resources (
        uri, description, token_format, signing_algorithm, jwt_type, version, created_at, retired_at
      ) VALUES (
        \(definition.resource.uri), \(definition.description), \(definition.tokenFormat?.rawValue),
        \(definition.signingAlgorithm?.name), \(definition.jwtType.rawValue), \(definition.version),
        \(definition.createdAt.milliseconds), \(definition.retiredAt?.milliseconds)
      )
      """
    )
  }

  func update(_ definition: ResourceDefinition) throws(StoreError) {
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

extension Statement {
  fileprivate static let resources: Statement = """
    SELECT uri, description, token_format, signing_algorithm, jwt_type, version, created_at, retired_at
    FROM resources
    """
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
