package import TesseraCore
import TesseraJOSE

extension PostgresStore {
  package func resources() async throws(StoreError) -> [ResourceDefinition] {
    try await read { connection throws(StoreError) in try connection.resources() }
  }
}

extension Connection {
  package func resources() throws(StoreError) -> [ResourceDefinition] {
    try run(.resources + "ORDER BY uri").map(ResourceDefinition.init(row:))
  }

  package func resource(_ resource: Resource) throws(StoreError) -> ResourceDefinition? {
    try run(.resources + "WHERE uri = \(resource.uri)").map(ResourceDefinition.init(row:)).first
  }

  package func insert(_ definition: ResourceDefinition) throws(StoreError) {
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
