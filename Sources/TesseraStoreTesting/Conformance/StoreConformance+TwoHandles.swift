import TesseraCore
import Testing

/// What holds when several processes work on one store: each has a handle of its own.
extension StoreConformance {
  static let twoHandleRules = [
    StoreRule(
      "While two write, no change appears below one that a reader has seen, and it misses none",
      ofTwo: changesAppearInOrder
    ),
    StoreRule("Of updates of one client through two handles at once, none is lost", ofTwo: noUpdateOfTwoIsLost),
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
