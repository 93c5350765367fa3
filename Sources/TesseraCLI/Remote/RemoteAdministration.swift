import TesseraCore
import TesseraJOSE
import TesseraSupport

/// What operators can do, done through the management API of a server.
struct RemoteAdministration: AdministrativeActions {
  let api: APIConnection
  let facts: ServerFacts

  init(_ api: APIConnection) async throws {
    self.api = api
    facts = try await api.show("GET", "server") { shown throws(UnreadableJSON) in try ServerFacts(shown) }
  }

  // MARK: Scopes and resources

  func scopes() async throws -> [ScopeDefinition] {
    try await api.list("scopes") { shown throws(UnreadableJSON) in try ScopeDefinition(shown) }
  }

  func scope(named name: String) async throws -> ScopeDefinition {
    let scope = try Scope(existing: name)
    guard let definition = try await scopes().first(where: { $0.scope == scope }) else {
      throw AdministrationError.notFound(.scope, "there is no scope '\(name)'")
    }
    return definition
  }

  func createScope(
    _ scope: Scope,
    description: DisplayName,
    resource: Resource
  ) async throws -> ScopeDefinition {
    let body = JSONValue.object([
      .init("name", .string(scope.name)), .init("description", .string(description.text)),
      .init("resource", .string(resource.uri)),
    ])
    return try await api.show("POST", "scopes", body) { shown throws(UnreadableJSON) in
      try ScopeDefinition(shown)
    }
  }

  func retireScope(_ scope: Scope, revokingTokens: Bool) async throws {
    try await api.ask(
      "POST",
      "scopes/\(scope.name.pathSegment)/retire",
      .object([.init("revoke_tokens", .boolean(revokingTokens))])
    )
  }

  func resources() async throws -> [ResourceDefinition] {
    try await api.list("resources") { shown throws(UnreadableJSON) in try ResourceDefinition(shown) }
  }

  func resource(_ uri: String) async throws -> ResourceDefinition {
    let resource = try Resource(existing: uri)
    guard let definition = try await resources().first(where: { $0.resource == resource }) else {
      throw AdministrationError.notFound(.resource, "there is no resource '\(uri)'")
    }
    return definition
  }

  func createResource(
    _ resource: Resource,
    description: DisplayName,
    tokenFormat: TokenFormat?,
    signingAlgorithm: SigningAlgorithm?,
    jwtType: JWTType
  ) async throws -> ResourceDefinition {
    let body = JSONValue.object([
      .init("resource", .string(resource.uri)), .init("description", .string(description.text)),
      .init("token_format", JSONValue(tokenFormat?.rawValue)),
      .init("signing_algorithm", JSONValue(signingAlgorithm?.name)),
      .init("jwt_type", .string(jwtType.rawValue)),
    ])
    return try await api.show("POST", "resources", body) { shown throws(UnreadableJSON) in
      try ResourceDefinition(shown)
    }
  }

  func updateResource(_ resource: Resource, _ update: ResourceUpdate) async throws -> ResourceDefinition {
    var members: [JSONValue.Member] = []
    if let description = update.description {
      members.append(.init("description", .string(description.text)))
    }
    if let format = update.tokenFormat { members.append(.init("token_format", JSONValue(format?.rawValue))) }
    if let algorithm = update.signingAlgorithm {
      members.append(.init("signing_algorithm", JSONValue(algorithm?.name)))
    }
    if let type = update.jwtType { members.append(.init("jwt_type", .string(type.rawValue))) }
    return try await api.show(
      "PATCH",
      "resources/\(resource.uri.pathSegment)",
      .object(members),
      ifVersion: update.ifVersion
    ) { shown throws(UnreadableJSON) in try ResourceDefinition(shown) }
  }

  func retireResource(_ resource: Resource, revokingTokens: Bool, ifVersion version: Int?) async throws {
    try await api.ask(
      "POST",
      "resources/\(resource.uri.pathSegment)/retire",
      .object([.init("revoke_tokens", .boolean(revokingTokens))]),
      ifVersion: version
    )
  }

  // MARK: Keys and tokens

  func keys() async throws -> [Administration.KeySummary] {
    try await api.list("keys") { shown throws(UnreadableJSON) in try Administration.KeySummary(shown) }
  }

  func key(numbered number: UInt16) async throws -> Administration.KeySummary {
    try Administration.key(numbered: number, in: await keys())
  }

  func keyUses(_ named: [KeyUse]) async throws -> [KeyUse] {
    try Administration.keyUses(named, of: await keys())
  }

  func rotateKeys(for uses: [KeyUse], now: Bool) async throws -> [WrappedKey] {
    let body = JSONValue.object([
      .init("use", JSONValue(uses.map(\.description))), .init("now", .boolean(now)),
    ])
    return try await api.list("keys/rotate", "POST", body) { shown throws(UnreadableJSON) in
      try WrappedKey(shown)
    }
  }

  func destroyKey(_ number: UInt16) async throws -> Administration.Destruction {
    try await api.show("POST", "keys/\(number)/destroy") { shown throws(UnreadableJSON) in
      try Administration.Destruction(shown)
    }
  }

  func inspectToken(_ text: String) async throws -> InspectedToken {
    try await api.show("POST", "tokens/inspect", .object([.init("token", .string(text))])) {
      shown throws(UnreadableJSON) in
      InspectedToken(
        token: try OpenedToken(shown),
        reason: try shown.optional("reason") { TokenInspector.Reason(rawValue: $0) }
      )
    }
  }

  func revokeToken(_ token: ShownToken) async throws {
    try await api.ask("POST", "revocations", .object([.init("token", .string(token.text))]))
  }

  func revokeAllTokens() async throws {
    try await api.ask("POST", "revoke-all")
  }
}
