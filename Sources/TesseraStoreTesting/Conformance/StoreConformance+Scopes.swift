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
