import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let scopeRules = [
    StoreRule("Every field of a scope comes back as it was", scopeComesBackWhole),
    StoreRule("Scopes are listed by name, retired ones too", scopesAreInOrder),
    StoreRule("A scope whose name is taken is a conflict, by a retired scope too", takenScopeIsConflict),
    StoreRule("Retiring a scope keeps everything else of it and all others", retiringKeepsTheRest),
    StoreRule("Retiring a scope that is not there is notFound", retiringUnknownScopeIsNotFound),
    StoreRule("Retiring a scope again is a conflict and keeps the first time", retiringTwiceIsConflict),
  ]

  private static func scopeComesBackWhole(_ store: any Store) async throws {
    #expect(try await store.scopes() == [])
    let definition = ScopeDefinition(
      scope: try Sample.scope("items:read/all'%_"),
      description: "Lesen, 読む, \"📖\"\nzweite Zeile",
      resource: try #require(Resource("urn:example:api")),
      createdAt: Timestamp(milliseconds: -1),
      retiredAt: Timestamp(milliseconds: .max)
    )
    try await store.insertScope(definition, audit: Sample.event())
    #expect(try await store.scopes() == [definition])
  }

  private static func scopesAreInOrder(_ store: any Store) async throws {
    let sorted = [
      try Sample.definition("B"), try Sample.definition("a", retiredAt: Sample.time),
      try Sample.definition("a:b"), try Sample.definition("b"),
    ]
    for definition in sorted.shuffled() { try await store.insertScope(definition, audit: Sample.event()) }
    #expect(try await store.scopes() == sorted)
  }

  private static func takenScopeIsConflict(_ store: any Store) async throws {
    let known = [try Sample.definition("active"), try Sample.definition("retired", retiredAt: Sample.time)]
    for definition in known {
      try await store.insertScope(definition, audit: Sample.event())
      let again = try Sample.definition(definition.scope.name)
      #expect(
        try await failure {
          try await store.insertScope(again, audit: Sample.event())
        } == .conflict
      )
    }
    #expect(try await store.scopes() == known)
    try await store.insertScope(try Sample.definition("Active"), audit: Sample.event())
  }

  private static func retiringKeepsTheRest(_ store: any Store) async throws {
    let time = Timestamp(milliseconds: 42)
    try await store.insertScope(try Sample.definition("a"), audit: Sample.event())
    try await store.insertScope(try Sample.definition("b"), audit: Sample.event())
    try await store.retireScope(try Sample.scope("a"), at: time, audit: Sample.event())
    #expect(
      try await store.scopes() == [try Sample.definition("a", retiredAt: time), try Sample.definition("b")]
    )
  }

  private static func retiringUnknownScopeIsNotFound(_ store: any Store) async throws {
    let scope = try Sample.scope("a")
    #expect(
      try await failure {
        try await store.retireScope(scope, at: Sample.time, audit: Sample.event())
      } == .notFound
    )
  }

  private static func retiringTwiceIsConflict(_ store: any Store) async throws {
    let scope = try Sample.scope("a")
    try await store.insertScope(try Sample.definition("a"), audit: Sample.event())
    try await store.retireScope(scope, at: Sample.time, audit: Sample.event())
    #expect(
      try await failure {
        try await store.retireScope(scope, at: Timestamp(milliseconds: 1), audit: Sample.event())
      } == .conflict
    )
    #expect(try await store.scopes() == [try Sample.definition("a", retiredAt: Sample.time)])
  }
}

extension StoreConformance {
  static let resourceRules = [
    StoreRule("Every field of a resource comes back as it was", resourceComesBackWhole),
    StoreRule("Resources are listed by URI, retired ones too", resourcesAreInOrder),
    StoreRule("A resource whose URI is taken is a conflict, by a retired one too", takenResourceIsConflict),
    StoreRule("An update changes what it may of one resource, and returns it", resourceIsUpdated),
    StoreRule("An update of a resource that is not there is notFound", unknownResourceIsNotFound),
  ]

  private static func resourceComesBackWhole(_ store: any Store) async throws {
    #expect(try await store.resources() == [])
    let definition = ResourceDefinition(
      resource: try Sample.resource("urn:example:api?a='b'&%_"),
      description: "Lesen, 読む, \"📖\"",
      tokenFormat: .jwt,
      signingAlgorithm: .ps256,
      jwtType: .jwt,
      version: 3,
      createdAt: Timestamp(milliseconds: -1),
      retiredAt: Timestamp(milliseconds: .max)
    )
    try await store.insertResource(definition, audit: Sample.event())
    #expect(try await store.resources() == [definition])
  }

  private static func resourcesAreInOrder(_ store: any Store) async throws {
    let sorted = [
      try Sample.resourceDefinition("https://B.example"), try Sample.resourceDefinition("https://a.example"),
      try Sample.resourceDefinition("urn:a", retiredAt: Sample.time),
    ]
    for definition in sorted.shuffled() { try await store.insertResource(definition, audit: Sample.event()) }
    #expect(try await store.resources() == sorted)
  }

  private static func takenResourceIsConflict(_ store: any Store) async throws {
    let known = [
      try Sample.resourceDefinition("urn:active"),
      try Sample.resourceDefinition("urn:retired", retiredAt: Sample.time),
    ]
    for definition in known {
      try await store.insertResource(definition, audit: Sample.event())
      let again = try Sample.resourceDefinition(definition.resource.uri)
      #expect(
        try await failure { try await store.insertResource(again, audit: Sample.event()) } == .conflict
      )
    }
    #expect(try await store.resources() == known)
  }

  private static func resourceIsUpdated(_ store: any Store) async throws {
    let other = try Sample.resourceDefinition("urn:b")
    var definition = try Sample.resourceDefinition("urn:a")
    for definition in [definition, other] {
      try await store.insertResource(definition, audit: Sample.event())
    }
    definition.description = "new"
    definition.tokenFormat = .opaque
    definition.signingAlgorithm = .rs256
    definition.jwtType = .jwt
    definition.version = 7
    definition.retiredAt = Sample.time
    let changed = definition
    let returned = try await store.updateResource(definition.resource, audit: Sample.event()) { $0 = changed }
    #expect(returned == changed)
    #expect(try await store.resources() == [changed, other])
    let plain = try Sample.resourceDefinition("urn:a")
    try await store.updateResource(definition.resource, audit: Sample.event()) { $0 = plain }
    #expect(try await store.resources() == [plain, other])
  }

  private static func unknownResourceIsNotFound(_ store: any Store) async throws {
    let resource = try Sample.resource("urn:a")
    #expect(
      try await failure { try await store.updateResource(resource, audit: Sample.event()) { _ in } }
        == .notFound
    )
  }
}
