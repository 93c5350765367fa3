import TesseraCore
import TesseraJOSE
import Testing

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
