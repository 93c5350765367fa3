import TesseraCore
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
