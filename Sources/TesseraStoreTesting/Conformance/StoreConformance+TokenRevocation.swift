import TesseraCore
import TesseraJOSE
import Testing

/// What takes tokens back beside what else it does, and what is written all or not at all.
extension StoreConformance {
  static let tokenRevocationRules = [
    StoreRule(
      "Retiring a scope takes back the tokens of the clients that have it, and of no other",
      scopeRetired
    ),
    StoreRule("Retiring a resource takes back the tokens of the clients of its scopes", resourceRetired),
    StoreRule("Several changes of keys are made all or none", keyChangesAreOne),
    StoreRule("A resource and the key it needs are added both or neither", resourceComesWithItsKey),
  ]

  private static let later = Sample.time.advanced(bySeconds: 60)

  private static func addClients(_ store: any Store) async throws {
    let scopes = ["both": ["a", "b"], "none": [], "one": ["a"], "other": ["b", "aa"]]
    for (id, scopes) in scopes {
      let client = Client(
        id: try Sample.clientID(id),
        name: id,
        scopes: ScopeSet(try scopes.map(Sample.scope)),
        secrets: [try Sample.secret("kept")],
        createdAt: Sample.time
      )
      try await store.insertClient(client, audit: Sample.event())
    }
    for name in ["a", "aa", "b"] {
      try await store.insertScope(try Sample.definition(name), audit: Sample.event())
    }
  }

  private static func expectRevoked(_ ids: [String], in store: any Store, since sequence: Int64) async throws
  {
    let notBefore = later.advanced(byMilliseconds: 1)
    for client in try await store.clients(after: nil, limit: 9) {
      let isRevoked = ids.contains(client.id.rawValue)
      #expect(client.tokensNotBefore == (isRevoked ? notBefore : nil), "\(client.id)")
      #expect(client.secrets.map(\.name) == ["kept"])
      #expect(try await store.clientNotBefore(of: client.id)?.notBefore == (isRevoked ? notBefore : nil))
      let records = try await store.auditRecords(before: nil, subject: client.id.rawValue, limit: 9)
      #expect(records.map(\.event.action) == (isRevoked ? [.clientTokensRevoked] : []))
    }
    let changes = try await store.changes(after: sequence, limit: 9).map(\.subject)
    for id in ids { #expect(changes.contains(.client(try Sample.clientID(id)))) }
    #expect(changes.count == ids.count + 1)
  }

  private static func scopeRetired(_ store: any Store) async throws {
    try await addClients(store)
    let sequence = try await store.latestChange()
    try await store.retireScope(
      try Sample.scope("a"),
      at: later,
      revokingTokens: true,
      audit: Sample.event(.scopeRetired, about: "a", at: later)
    )
    try await expectRevoked(["both", "one"], in: store, since: sequence)
    try await store.retireScope(
      try Sample.scope("b"),
      at: later,
      revokingTokens: false,
      audit: Sample.event(.scopeRetired, about: "b", at: later)
    )
    #expect(try await store.client(try Sample.clientID("other"))?.tokensNotBefore == nil)
  }

  private static func resourceRetired(_ store: any Store) async throws {
    try await addClients(store)
    let definition = try Sample.resourceDefinition("https://api.example/a")
    try await store.insertResource(definition, audit: Sample.event())
    let sequence = try await store.latestChange()
    try await store.updateResource(
      definition.resource,
      with: nil,
      revokingTokens: true,
      audit: Sample.event(.resourceRetired, about: "r", at: later)
    ) { $0.retiredAt = later }
    try await expectRevoked(["both", "one"], in: store, since: sequence)
  }

  private static func keyChangesAreOne(_ store: any Store) async throws {
    let (first, second) = (Sample.key(1), Sample.key(2))
    try await store.insertKey(first, audit: Sample.event())
    let before = try await StoreContents(of: store)
    func change(_ last: KeyChange.Kind) async throws -> StoreErrorKind? {
      try await failure {
        try await store.changeKeys([
          KeyChange(.add(second), audit: Sample.event()), KeyChange(last, audit: Sample.event()),
        ])
      }
    }
    #expect(try await change(.add(first)) == .conflict)
    #expect(try await change(.move(1, from: Sample.time, to: later)) == .conflict)
    #expect(try await change(.remove(3)) == .notFound)
    #expect(try await StoreContents(of: store) == before)
    #expect(try await change(.move(1, from: first.activatesAt, to: Sample.time)) == nil)
    let keys = try await store.keys()
    #expect(keys.map(\.number) == [1, 2] && keys.first?.activatesAt == Sample.time)
    #expect(try await StoreContents(of: store).audit.count == before.audit.count + 2)
  }

  private static func resourceComesWithItsKey(_ store: any Store) async throws {
    let definition = try Sample.resourceDefinition("urn:a")
    let other = try Sample.resourceDefinition("urn:b")
    let key = KeyChange(.add(Sample.key(1)), audit: Sample.event(.keyRotated))
    try await store.insertResource(definition, with: key, audit: Sample.event())
    #expect(try await store.keys() == [Sample.key(1)])
    let before = try await StoreContents(of: store)
    let next = KeyChange(.add(Sample.key(2)), audit: Sample.event(.keyRotated))
    #expect(
      try await failure { try await store.insertResource(definition, with: next, audit: Sample.event()) }
        == .conflict
    )
    #expect(
      try await failure { try await store.insertResource(other, with: key, audit: Sample.event()) }
        == .conflict
    )
    #expect(
      try await failure {
        try await store.updateResource(
          definition.resource,
          with: next,
          revokingTokens: true,
          audit: Sample.event()
        ) { _ throws(StoreError) in throw .invalid("refused") }
      } == .invalid
    )
    #expect(try await StoreContents(of: store) == before)
  }
}
