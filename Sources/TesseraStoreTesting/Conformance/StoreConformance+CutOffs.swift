import TesseraCore
import TesseraJOSE
import Testing

/// What offline verifiers have to hear of clients.
extension StoreConformance {
  static let clientNotBeforeRules = [
    StoreRule("A client that nothing happened to has no not-before", nothingHappened),
    StoreRule(
      "Disabling, revoking, enabling and deleting set the not-before, with their change",
      notBeforeFollows
    ),
    StoreRule("A pause takes no token back", pause),
    StoreRule("A client that is registered again sets the not-before of the one before", registeredAgain),
    StoreRule(
      "A client that is registered again by a clock that was set back has no token of the one before",
      registeredAgainByAnEarlierClock
    ),
    StoreRule(
      "The not-befores of several clients come in one answer, in the order of the feed",
      notBeforesOfSeveral
    ),
    StoreRule("Not-befores are listed from a time on and forgotten before one", notBeforeBoundaries),
  ]

  private static func nothingHappened(_ store: any Store) async throws {
    let client = try Sample.client("a")
    try await store.insertClient(client, audit: Sample.event())
    try await store.updateClient(client.id, audit: Sample.event()) { $0.name = "new" }
    #expect(try await store.clientNotBefore(of: client.id) == nil)
    #expect(try await store.clientNotBefores(madeSince: Timestamp(milliseconds: .min)) == [])
  }

  private static func expect(
    _ store: any Store,
    _ id: ClientID,
    _ notBefore: Timestamp,
    at time: Timestamp
  ) async throws {
    let found = try await store.clientNotBefore(of: id)
    let sequence = try await store.latestChange()
    #expect(
      found == ClientNotBefore(clientID: id, notBefore: notBefore, madeAt: time, sequence: sequence)
    )
  }

  private static func notBeforeFollows(_ store: any Store) async throws {
    let client = try Sample.client("a")
    try await store.insertClient(client, audit: Sample.event())
    @Sendable func at(_ milliseconds: Int64) -> Timestamp {
      Sample.time.advanced(byMilliseconds: milliseconds)
    }
    try await store.updateClient(client.id, audit: Sample.event(at: at(1))) { $0.disable(at: at(1)) }
    try await expect(store, client.id, .distantFuture, at: at(1))
    try await store.updateClient(client.id, audit: Sample.event(at: at(2))) { $0.enable(at: at(2)) }
    try await expect(store, client.id, at(2), at: at(2))
    try await store.updateClient(client.id, audit: Sample.event(at: at(3))) { $0.tokensNotBefore = at(3) }
    try await expect(store, client.id, at(3), at: at(3))
    try await store.deleteClient(client.id, audit: Sample.event(at: at(4)))
    try await expect(store, client.id, .distantFuture, at: at(4))
  }

  private static func pause(_ store: any Store) async throws {
    let client = try Sample.client("a")
    try await store.insertClient(client, audit: Sample.event())
    let (paused, resumed) = (Sample.time.advanced(bySeconds: 1), Sample.time.advanced(bySeconds: 2))
    try await store.updateClient(client.id, audit: Sample.event(at: paused)) {
      $0.disable(at: paused, keepingTokens: true)
    }
    try await expect(store, client.id, .distantFuture, at: paused)
    try await store.updateClient(client.id, audit: Sample.event(at: resumed)) { $0.enable(at: resumed) }
    try await expect(store, client.id, client.createdAt, at: resumed)
  }

  private static func registeredAgainByAnEarlierClock(_ store: any Store) async throws {
    let client = try Sample.client("a")
    try await store.insertClient(client, audit: Sample.event())
    try await store.deleteClient(client.id, audit: Sample.event())
    let earlier = Sample.time.advanced(bySeconds: -5)
    let successor = Client(id: client.id, name: "successor", scopes: [], createdAt: earlier)
    try await store.insertClient(successor, audit: Sample.event(at: earlier))
    let start = Sample.time.advanced(byMilliseconds: 1)
    try await expect(store, client.id, start, at: earlier)
    #expect(try await store.client(client.id)?.tokensNotBefore == start)
  }

  private static func registeredAgain(_ store: any Store) async throws {
    let client = try Sample.client("a")
    try await store.insertClient(client, audit: Sample.event())
    try await store.deleteClient(client.id, audit: Sample.event())
    let later = Sample.time.advanced(bySeconds: 5)
    let successor = Client(id: client.id, name: "successor", scopes: [], createdAt: later)
    try await store.insertClient(successor, audit: Sample.event(at: later))
    try await expect(store, client.id, later, at: later)
  }

  private static func notBeforesOfSeveral(_ store: any Store) async throws {
    let clients = try (0..<4).map { try Sample.client("client-\($0)") }
    for client in clients { try await store.insertClient(client, audit: Sample.event()) }
    for index in [2, 0, 3] { try await store.deleteClient(clients[index].id, audit: Sample.event()) }
    let missing = try Sample.clientID("missing")
    let some = [clients[0], clients[1], clients[2]].map(\.id)
    #expect(try await store.clientNotBefores(of: some + [missing]).map(\.clientID) == [some[2], some[0]])
    #expect(try await store.clientNotBefores(of: [clients[1].id, missing]) == [])
    #expect(try await store.clientNotBefores(of: []) == [])
    let many = some + (0..<2000).map { ClientID("other-\($0)") ?? missing }
    #expect(try await store.clientNotBefores(of: many).count == 2)
  }

  private static func notBeforeBoundaries(_ store: any Store) async throws {
    let times = [-1, 0, 1].map { Sample.time.advanced(byMilliseconds: $0) }
    for (index, time) in times.enumerated() {
      let client = try Sample.client("client-\(index)")
      try await store.insertClient(client, audit: Sample.event())
      try await store.deleteClient(client.id, audit: Sample.event(at: time))
    }
    let all = try await store.clientNotBefores(madeSince: times[0])
    #expect(all.map(\.madeAt) == times)
    #expect(try await store.clientNotBefores(madeSince: Sample.time) == Array(all[1...]))
    #expect(try await store.removeClientNotBefores(madeBefore: Sample.time, limit: 9) == 1)
    #expect(try await store.clientNotBefores(madeSince: Timestamp(milliseconds: .min)) == Array(all[1...]))
    #expect(try await store.removeClientNotBefores(madeBefore: Sample.time, limit: 9) == 0)
    let later = times[2].advanced(byMilliseconds: 1)
    #expect(try await store.removeClientNotBefores(madeBefore: later, limit: 1) == 1)
    #expect(try await store.removeClientNotBefores(madeBefore: later, limit: 9) == 1)
  }
}

/// What takes tokens back beside what else it does, and what is written all or not at all.
extension StoreConformance {
  static let tokenRevocationRules = [
    StoreRule(
      "Retiring a scope takes back the tokens of the clients that have it, and of no other",
      scopeRetired
    ),
    StoreRule("Retiring a resource takes back the tokens of the clients of its scopes", resourceRetired),
    StoreRule("Tokens of more clients than are read at once are taken back all the same", manyClients),
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

  private static func manyClients(_ store: any Store) async throws {
    let scope = try Sample.scope("a")
    try await store.insertScope(try Sample.definition("a"), audit: Sample.event())
    _ = try await concurrently(1002) { index in
      // The last is not meant.
      let scopes = try Sample.scopes(index == 1001 ? "b" : "a")
      let id = try Sample.clientID("client \(index)")
      let client = Client(id: id, name: "name \(index)", scopes: scopes, secrets: [], createdAt: Sample.time)
      try await store.insertClient(client, audit: Sample.event())
    }
    let sequence = try await store.latestChange()
    try await store.retireScope(
      scope,
      at: later,
      revokingTokens: true,
      audit: Sample.event(.scopeRetired, about: "a", at: later)
    )
    let changes = try await store.changes(after: sequence, limit: .max)
    #expect(changes.count == 1002 && changes.first?.subject == .scopes)
    let clients = try await store.clients(after: nil, limit: .max).filter { $0.scopes.contains(scope) }
    #expect(changes.dropFirst().map(\.subject) == clients.map { .client($0.id) })
    #expect(clients.allSatisfy { $0.tokensNotBefore == later.advanced(byMilliseconds: 1) && $0.version == 2 })
    let notBefores = try await store.clientNotBefores(madeSince: later)
    #expect(notBefores.map(\.clientID) == clients.map(\.id))
    #expect(notBefores.map(\.sequence) == changes.dropFirst().map(\.sequence))
    let records = try await store.auditRecords(before: nil, subject: nil, limit: 1001)
    #expect(records.reversed().map(\.event.subject) == clients.map(\.id.rawValue))
    #expect(try await store.client(try Sample.clientID("client 1001"))?.tokensNotBefore == nil)
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
