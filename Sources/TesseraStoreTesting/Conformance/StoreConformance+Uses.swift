import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let useRules = [
    StoreRule("Clients are listed by their last use, each whole, a page at a time", clientsAreListedByUse),
    StoreRule("A use is noted once, until the last one is old enough", useIsNotedOnce),
    StoreRule("Noting a use tells nobody and leaves clients as they are", noteTellsNobody),
    StoreRule("The use of a client goes with it, and nobody has one who is not there", useGoesWithClient),
    StoreRule("Of many that note the uses of the same clients at once, none fails", usesNotedAtOnce),
  ]

  private static func note(
    _ ids: [String],
    at milliseconds: Int64,
    unlessSince known: Int64 = .max,
    in store: any Store
  ) async throws {
    try await store.noteUse(
      of: try ids.map(Sample.clientID),
      at: Timestamp(milliseconds: milliseconds),
      unlessSince: Timestamp(milliseconds: known)
    )
  }

  /// The clients by use, as pages of this size say.
  private static func uses(in store: any Store, page: Int) async throws -> [UsedClient] {
    var all: [UsedClient] = []
    while true {
      let found = try await store.clientsByUse(after: all.last, limit: page)
      all += found
      if found.count < page { return all }
    }
  }

  private static func clientsAreListedByUse(_ store: any Store) async throws {
    #expect(try await store.clientsByUse(after: nil, limit: 9) == [])
    var clients: [String: Client] = [:]
    for id in ["a", "B", "c", "unused"] {
      let secrets = id == "a" ? [try Sample.secret("one"), try Sample.secret("two", 2)] : []
      clients[id] = try Sample.client(id, secrets: secrets)
      try await store.insertClient(try Sample.client(id, secrets: secrets), audit: Sample.event())
    }
    try await note(["a", "B"], at: 5, in: store)
    try await note(["c"], at: 6, in: store)
    let expected = [("c", 6), ("a", 5), ("B", 5)].compactMap { id, time in
      clients[id].map { UsedClient(client: $0, lastUsed: Timestamp(milliseconds: Int64(time))) }
    }
    for page in 1...4 { #expect(try await uses(in: store, page: page) == expected) }
    #expect(try await store.clientsByUse(after: nil, limit: -1) == [])
    #expect(try await store.clientsByUse(after: expected.last, limit: 9) == [])
  }

  private static func useIsNotedOnce(_ store: any Store) async throws {
    try await store.insertClient(try Sample.client("a"), audit: Sample.event())
    for (time, known, expected) in [(10, 5, 10), (12, 10, 10), (13, 11, 13), (11, 14, 11)]
      as [(
        Int64, Int64, Int64
      )]
    {
      try await note(["a"], at: time, unlessSince: known, in: store)
      let used = try await store.clientsByUse(after: nil, limit: 9)
      #expect(used.map(\.lastUsed.milliseconds) == [expected], "at \(time)")
    }
  }

  private static func noteTellsNobody(_ store: any Store) async throws {
    try await store.insertClient(try Sample.client("a"), audit: Sample.event())
    let before = try await StoreContents(of: store)
    try await note(["a"], at: 1, in: store)
    #expect(try await StoreContents(of: store) == before)
    #expect(try await store.clientsByUse(after: nil, limit: 9).count == 1)
    let secret = try Sample.secret("new")
    try await store.updateClient(try Sample.clientID("a"), audit: Sample.event()) { $0.secrets = [secret] }
    #expect(try await store.clientsByUse(after: nil, limit: 9).map(\.client.secrets) == [[secret]])
  }

  private static func useGoesWithClient(_ store: any Store) async throws {
    try await store.insertClient(try Sample.client("a"), audit: Sample.event())
    try await store.insertClient(try Sample.client("b"), audit: Sample.event())
    try await note(["b", "nobody", "a"], at: 1, in: store)
    #expect(try await store.clientsByUse(after: nil, limit: 9).map(\.client.id.rawValue) == ["b", "a"])
    try await store.deleteClient(try Sample.clientID("a"), audit: Sample.event())
    try await store.insertClient(try Sample.client("a"), audit: Sample.event())
    #expect(try await store.clientsByUse(after: nil, limit: 9).map(\.client.id.rawValue) == ["b"])
    try await note([], at: 2, in: store)
  }

  private static func usesNotedAtOnce(_ store: any Store) async throws {
    let ids = (0..<50).map { "client-\($0)" }
    for id in ids { try await store.insertClient(try Sample.client(id), audit: Sample.event()) }
    _ = try await concurrently(8) { index in
      try await note(index.isMultiple(of: 2) ? ids : ids.reversed(), at: Int64(index), in: store)
    }
    #expect(Set(try await uses(in: store, page: 7).map(\.client.id.rawValue)) == Set(ids))
  }
}

extension StoreConformance {
  /// So long that no test waits for its end.
  private static let longTime: Int64 = 1 << 40

  static let turnRules = [
    StoreRule("Of many that ask for a turn at once, one gets it", oneGetsTheTurn),
    StoreRule("The turn at another task is another turn", turnsAreApart),
    StoreRule("A turn comes round again, and whoever held it needs not be there", ofTwo: turnComesRound),
  ]

  private static func oneGetsTheTurn(_ store: any Store) async throws {
    let taken = try await concurrently(20) { index in
      try await store.takeTurn(at: "task", every: longTime, as: "holder \(index)")
    }
    #expect(taken.count { $0 } == 1)
    #expect(try await !store.takeTurn(at: "task", every: longTime, as: "late"))
  }

  private static func turnsAreApart(_ store: any Store) async throws {
    for task in ["task", "Task", "another"] {
      #expect(try await store.takeTurn(at: task, every: longTime, as: "holder"))
      #expect(try await !store.takeTurn(at: task, every: longTime, as: "holder"))
    }
  }

  private static func turnComesRound(_ first: any Store, _ second: any Store) async throws {
    #expect(try await first.takeTurn(at: "task", every: longTime, as: "first"))
    #expect(try await !second.takeTurn(at: "task", every: longTime, as: "second"))
    // Nobody gives it back: it is free once the interval is over.
    while try await !second.takeTurn(at: "task", every: 50, as: "second") {
      try await Task.sleep(for: .milliseconds(3))
    }
    #expect(try await !second.takeTurn(at: "task", every: longTime, as: "second"))
  }
}
