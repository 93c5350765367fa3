import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let concurrencyRules = [
    StoreRule("Of 100 updates of one client at once, none is lost", noUpdateIsLost),
    StoreRule("Of several clients with one name at once, one is added", oneClientOfANameIsAdded),
    StoreRule("Of several keys with one number at once, one is added", oneKeyOfANumberIsAdded),
    StoreRule("Of several initialisations at once, one counts", oneInitialisationCounts),
    StoreRule("Of many mutations at once, those that fail fail alone", failuresAreAlone),
    StoreRule("Several revocations of one token at once are recorded once", revocationIsRecordedOnce),
  ]

  private static func noUpdateIsLost(_ store: any Store) async throws {
    let client = try Sample.client("a")
    try await store.insertClient(client, audit: Sample.event())
    let results = try await concurrently(100) { index in
      let secret = try Sample.secret("secret \(index)")
      return try await store.updateClient(client.id, audit: Sample.event()) { $0.secrets.append(secret) }
    }
    let names = try await store.client(client.id)?.secrets.map(\.name)
    #expect(Set(names ?? []) == Set((0..<100).map { "secret \($0)" }))
    #expect(Set(results.map(\.secrets.count)) == Set(1...100))
    #expect(try await StoreContents(of: store).audit.count == 101)
  }

  private static func oneClientOfANameIsAdded(_ store: any Store) async throws {
    let failures = try await concurrently(10) { index in
      let client = try Sample.client("client-\(index)", name: "name")
      return try await failure {
        try await store.insertClient(client, audit: Sample.event())
      }
    }
    #expect(failures.count { $0 == nil } == 1)
    #expect(failures.count { $0 == .conflict } == 9)
    #expect(try await store.clients(after: nil, limit: 99).count == 1)
  }

  private static func oneKeyOfANumberIsAdded(_ store: any Store) async throws {
    let added = try await concurrently(10) { index -> WrappedKey? in
      let key = Sample.key(7, byte: UInt8(index))
      switch try await failure(of: {
        try await store.insertKey(key, audit: Sample.event())
      }) {
      case nil: return key
      case .conflict: return nil
      case let other: throw UnexpectedFailure(kind: other)
      }
    }
    #expect(added.count { $0 != nil } == 1)
    #expect(try await store.keys() == added.compactMap { $0 })
  }

  private static func oneInitialisationCounts(_ store: any Store) async throws {
    let counted = try await concurrently(10) { index -> ServerState? in
      let initial = try Sample.initialState(byte: UInt8(index), scopes: "scope-\(index)")
      return try await store.initialise(initial, audit: Sample.event()) ? initial.serverState : nil
    }
    let winners = counted.compactMap { $0 }
    #expect(winners.count == 1)
    let contents = try await StoreContents(of: store)
    #expect(contents.serverState == winners.first)
    #expect(Set(contents.keys.map(\.wrapped)) == Set(winners.map(\.masterKeyCheck)))
    #expect(contents.scopes.count == 1 && contents.audit.count == 1)
  }

  private static func failuresAreAlone(_ store: any Store) async throws {
    try await store.insertScope(try Sample.definition("taken"), audit: Sample.event())
    let failures = try await concurrently(100) { index -> (Int, StoreErrorKind?) in
      let definition = try Sample.definition(index % 3 == 0 ? "taken" : "scope-\(index)")
      return (index, try await failure { try await store.insertScope(definition, audit: Sample.event()) })
    }
    for (index, failure) in failures { #expect(failure == (index % 3 == 0 ? .conflict : nil)) }
    let contents = try await StoreContents(of: store)
    #expect(contents.scopes.count == 67)
    #expect(contents.audit.count == 67 && contents.changes.count == 67)
  }

  private static func revocationIsRecordedOnce(_ store: any Store) async throws {
    let revocation = try Sample.revocation(1)
    _ = try await concurrently(10) { _ in
      try await store.insertRevocation(revocation, limit: RevocationLimit(), audit: Sample.event())
    }
    let contents = try await StoreContents(of: store)
    #expect(contents.revocations.map(\.token) == [revocation.token])
    #expect(contents.audit.count == 1 && contents.changes.count == 1)
  }

  private struct UnexpectedFailure: Error {
    let kind: StoreErrorKind?
  }
}

/// What holds when several processes work on one store: each has a handle of its own.
extension StoreConformance {
  static let twoHandleRules = [
    StoreRule(
      "While two write, no change appears below one that a reader has seen, and it misses none",
      ofTwo: changesAppearInOrder
    ),
    StoreRule(
      "Of updates of one client through two handles at once, none is lost",
      ofTwo: noUpdateOfTwoIsLost
    ),
    StoreRule("What one handle has changed, the other reads", ofTwo: changesAreRead),
    StoreRule("Waiting ends with a change that another makes, and not before", ofTwo: waitingEndsWithAChange),
    StoreRule("There is no waiting when the newest change is another already", noWaitingForWhatIsThere),
    StoreRule("Waiting ends when its task is cancelled", waitingIsCancelled),
    StoreRule("A store that was closed is unavailable", closedIsUnavailable),
  ]

  private static func changesAppearInOrder(_ first: any Store, _ second: any Store) async throws {
    let (writers, changesOfEach) = (8, 12)
    async let written: Void = withThrowingTaskGroup { group in
      for writer in 0..<writers {
        group.addTask {
          let store = writer.isMultiple(of: 2) ? first : second
          for number in 0..<changesOfEach {
            try await store.insertScope(try Sample.definition("s\(writer)-\(number)"), audit: Sample.event())
          }
        }
      }
      try await group.waitForAll()
    }
    var seen: [Change] = []
    while seen.count < writers * changesOfEach {
      let last = seen.last?.sequence ?? 0
      try await second.waitForChange(after: last) { await Task.yield() }
      seen += try await second.changes(after: last, limit: 7)
    }
    try await written
    for store in [first, second] { #expect(try await store.changes(after: 0, limit: .max) == seen) }
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
  }

  private static func noUpdateOfTwoIsLost(_ first: any Store, _ second: any Store) async throws {
    let client = try Sample.client("a")
    try await first.insertClient(client, audit: Sample.event())
    _ = try await concurrently(40) { index in
      let secret = try Sample.secret("secret \(index)")
      let store = index.isMultiple(of: 2) ? first : second
      try await store.updateClient(client.id, audit: Sample.event()) { $0.secrets.append(secret) }
    }
    let names = try await first.client(client.id)?.secrets.map(\.name)
    #expect(Set(names ?? []) == Set((0..<40).map { "secret \($0)" }))
    #expect(try await StoreContents(of: first) == StoreContents(of: second))
    #expect(try await StoreContents(of: first).changes.count == 41)
  }

  private static func changesAreRead(_ first: any Store, _ second: any Store) async throws {
    let client = try Sample.client("a")
    #expect(try await second.client(client.id) == nil)
    try await first.insertClient(client, audit: Sample.event())
    #expect(try await second.client(client.id) == client)
    try await second.deleteClient(client.id, audit: Sample.event())
    #expect(try await first.client(client.id) == nil)
    let cutOff = try await second.clientNotBefore(of: client.id)
    #expect(cutOff?.notBefore == .distantFuture)
    #expect(try await first.clientNotBefore(of: client.id) == cutOff)
  }

  private static func waitingEndsWithAChange(_ first: any Store, _ second: any Store) async throws {
    try await first.insertScope(try Sample.definition("a"), audit: Sample.event())
    let latest = try await first.latestChange()
    let waiting = Waiting(for: first, after: latest)
    #expect(await waiting.hasPaused(3), "it ended, though nothing has changed")
    try await second.insertScope(try Sample.definition("b"), audit: Sample.event())
    try await waiting.task.value
    #expect(try await first.latestChange() > latest)
  }

  private static func noWaitingForWhatIsThere(_ store: any Store) async throws {
    try await store.insertScope(try Sample.definition("a"), audit: Sample.event())
    let latest = try await store.latestChange()
    // A number that was not given out yet is of a store that this one has taken the place of.
    for known in [0, latest + 1] {
      let waiting = Waiting(for: store, after: known)
      #expect(await !waiting.hasPaused(1))
      waiting.task.cancel()
      try await waiting.task.value
    }
  }

  private static func waitingIsCancelled(_ store: any Store) async throws {
    let waiting = Waiting(for: store, after: try await store.latestChange())
    #expect(await waiting.hasPaused(1))
    waiting.task.cancel()
    try await waiting.task.value
    #expect(try await store.latestChange() == 0)
  }

  private static func closedIsUnavailable(_ store: any Store) async throws {
    let scope = try Sample.definition("a")
    try await store.insertScope(scope, audit: Sample.event())
    for _ in 0..<2 { await store.close() }
    #expect(try await failure { _ = try await store.scopes() } == .unavailable)
    #expect(try await failure { _ = try await store.latestChange() } == .unavailable)
    let other = try Sample.definition("b")
    #expect(try await failure { try await store.insertScope(other, audit: Sample.event()) } == .unavailable)
  }

  /// A task that waits for a change.
  private struct Waiting {
    let task: Task<Void, any Error>
    private let pauses: AsyncStream<Void>

    init(for store: any Store, after sequence: Int64) {
      let (pauses, pause) = AsyncStream<Void>.makeStream()
      self.pauses = pauses
      task = Task {
        defer { pause.finish() }
        try await store.waitForChange(after: sequence) {
          pause.yield()
          await Task.yield()
        }
      }
    }

    /// Waits until it has paused so many times; false when it has ended before.
    func hasPaused(_ count: Int) async -> Bool {
      var seen = 0
      for await _ in pauses {
        seen += 1
        if seen == count { return true }
      }
      return false
    }
  }
}
