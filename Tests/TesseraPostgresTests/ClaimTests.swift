import Foundation
import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraPostgres

@Suite("Claims of several nodes", .timeLimit(.minutes(10)))
struct ClaimTests {
  private static let expiry = Timestamp(milliseconds: 1_700_000_000_000)

  private func claim(
    _ identifier: String,
    for client: String = "client",
    expiresAt: Timestamp = expiry
  ) throws -> SingleUseClaim {
    SingleUseClaim(
      .clientAssertion,
      of: identifier,
      from: "owner",
      for: try #require(ClientID(client)),
      expiresAt: expiresAt
    )
  }

  /// `TESSERA_CLAIM_ROUNDS` says how many rounds; `TESSERA_CLAIM_STORE` is the URL of a database to race in, which has
  /// another server than that of the tests.
  @Test("Of 200 callers on three nodes that race for a claim, exactly one wins each time")
  func race() async throws {
    let environment = ProcessInfo.processInfo.environment
    let rounds = environment["TESSERA_CLAIM_ROUNDS"].flatMap { Int($0) } ?? 100
    if let url = environment["TESSERA_CLAIM_STORE"] {
      try await race(rounds: rounds) { try await PostgresStore.open(url) }
    } else {
      try await withDatabase { database in
        try await race(rounds: rounds) { try await database.store() }
      }
    }
  }

  private func race(rounds: Int, on node: () async throws -> PostgresStore) async throws {
    let nodes = [try await node(), try await node(), try await node()]
    let race = UUID().uuidString
    try await nodes[0].makePeriods(from: ClaimTests.expiry)
    for round in 0..<rounds {
      // In periods that have a partition and in those that have none.
      let expiry = ClaimTests.expiry.advanced(bySeconds: Int64(round % 20) * 14_400)
      let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
        for caller in 0..<200 {
          let claim = try claim("\(race) \(round)", for: "client \(caller % 7)", expiresAt: expiry)
          group.addTask { try await nodes[caller % 3].claim(claim) }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      guard winners == 1 else {
        Issue.record("round \(round) has \(winners) winners")
        break
      }
    }
    for node in nodes { await node.close() }
  }

  @Test("Claims that different nodes make of the same many at once make none wait in a circle")
  func crossing() async throws {
    try await withDatabase { database in
      let nodes = [try await database.store(), try await database.store(), try await database.store()]
      for round in 0..<20 {
        let claims = try (0..<100).map { try claim("\(round) \($0)", for: "client \($0 % 9)") }
        let won = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
          for node in nodes {
            for claim in claims.shuffled() {
              group.addTask { try await node.claim(claim) ? claim.digest : nil }
            }
          }
          return try await group.reduce(into: [[UInt8]]()) { if let digest = $1 { $0.append(digest) } }
        }
        #expect(won.count == 100 && Set(won).count == 100)
      }
      for node in nodes { await node.close() }
    }
  }

  @Test("A claim waits for no change that another node keeps uncommitted")
  func noLock() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      let other = try await Session(database.url)
      try await other.run("BEGIN; SELECT pg_advisory_xact_lock(\(Writer.lock))")
      async let write: Void = store.insertScope(try Example.scope("a"), audit: Example.event)
      try await wait { try await database.run(.waitingForLocks("advisory")) == "1" }
      #expect(try await store.claim(try claim("a")))
      try await other.run("COMMIT")
      try await write
      await store.close()
    }
  }

  @Test("What waits is inserted together, and of one client only so much waits")
  func batches() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      let other = try await Session(database.url)
      // The first claim waits for a row that is not committed, and the others for their turn.
      let first = try claim("first")
      let digest = first.digest.map { String(format: "%02x", $0) }.joined()
      try await other.run(
        "BEGIN; INSERT INTO claims VALUES ('\\x\(digest)', \(ClaimTests.expiry.milliseconds))"
      )
      async let isFirst = store.claim(first)
      try await wait { try await database.run(.waitingForLocks("transactionid")) == "1" }
      let refused = Counter()
      let claims = try (0..<SingleUseClaim.mostWaiting + 10).map { try claim("flood \($0)") }
      async let flood = withTaskGroup(of: Bool.self) { group in
        for claim in claims {
          group.addTask {
            do throws(StoreError) {
              return try await store.claim(claim)
            } catch {
              if error == .tooMuchWaits { refused.count.add(1, ordering: .relaxed) }
              return false
            }
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      try await wait { refused.count.load(ordering: .relaxed) == 10 }
      async let fromOther = store.claim(try claim("other", for: "other"))
      try await other.run("COMMIT")
      #expect(try await isFirst == false)
      #expect(await flood == SingleUseClaim.mostWaiting)
      #expect(try await fromOther)
      let transactions = try await database.run("SELECT count(DISTINCT xmin::text)::text FROM claims")
      // That of the test, one of nearly all that waited, and perhaps one of the last.
      #expect(["2", "3"].contains(transactions))
      await store.close()
    }
  }

  @Test("While backends are killed again and again, no claim is won twice and none that was won is lost")
  func killedBackends() async throws {
    try await withDatabase { database in
      let nodes = [try await database.store(), try await database.store()]
      let tally = Tally()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for caller in 0..<6 {
          group.addTask {
            while !tally.isOver.load(ordering: .relaxed) {
              // Two on each node come with the same.
              let number = tally.next(of: caller / 2)
              let claim = try claim("\(caller / 2) \(number)")
              var isFirst: Bool?
              _ = try await outage { isFirst = try await nodes[caller % 2].claim(claim) }
              if isFirst == true { tally.won.withLock { $0.append(claim) } }
            }
          }
        }
        for round in 1...5 {
          try await wait { tally.count >= 40 * round }
          try await database.run(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'tessera'
            """
          )
        }
        try await wait { tally.count >= 240 }
        tally.isOver.store(true, ordering: .relaxed)
        try await group.waitForAll()
      }
      let won = tally.won.withLock { $0 }
      #expect(Set(won.map(\.digest)).count == won.count, "one was won twice")
      for claim in won {
        var isFirst = true
        try await wait { try await outage { isFirst = try await nodes[0].claim(claim) } == nil }
        #expect(!isFirst, "one that was won is lost")
      }
      for node in nodes { await node.close() }
    }
  }

  /// Of `script/cluster-test`: `TESSERA_CLAIM_STORE` is the URL of a database, and `TESSERA_CLAIM_UNTIL` a file that says
  /// by its being there that its primary has been lost and replaced; `TESSERA_CLAIM_BEGUN` is one that this makes when the
  /// stores are open.
  @Test(
    "What was claimed stays claimed when the primary is lost",
    .enabled(if: ProcessInfo.processInfo.environment["TESSERA_CLAIM_UNTIL"] != nil)
  )
  func failover() async throws {
    let environment = ProcessInfo.processInfo.environment
    let url = try #require(environment["TESSERA_CLAIM_STORE"])
    let end = try #require(environment["TESSERA_CLAIM_UNTIL"])
    let begun = try #require(environment["TESSERA_CLAIM_BEGUN"])
    let nodes = [try await PostgresStore.open(url), try await PostgresStore.open(url)]
    try #require(FileManager.default.createFile(atPath: begun, contents: nil))
    // Nodes that run beside this remove what has expired.
    let expiry = WallClock.system.now.advanced(bySeconds: 3600)
    let tally = Tally()
    let race = UUID().uuidString
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<6 {
        group.addTask {
          while !FileManager.default.fileExists(atPath: end) {
            let claim = try claim("\(race) \(caller / 2) \(tally.next(of: caller / 2))", expiresAt: expiry)
            var isFirst: Bool?
            _ = try await outage { isFirst = try await nodes[caller % 2].claim(claim) }
            if isFirst == true { tally.won.withLock { $0.append(claim) } }
          }
        }
      }
      try await group.waitForAll()
    }
    let won = tally.won.withLock { $0 }
    #expect(!won.isEmpty)
    #expect(Set(won.map(\.digest)).count == won.count, "one was won twice")
    for claim in won {
      var isFirst = true
      try await wait { try await outage { isFirst = try await nodes[0].claim(claim) } == nil }
      #expect(!isFirst, "one that was won is lost")
    }
    print("\(won.count) claims were acknowledged")
    for node in nodes { await node.close() }
  }

  private final class Counter: Sendable {
    let count = Atomic(0)
  }

  /// What was claimed first.
  private final class Tally: Sendable {
    let won = Mutex<[SingleUseClaim]>([])
    let isOver = Atomic(false)
    private let numbers = Mutex<[Int: Int]>([:])
    var count: Int { won.withLock { $0.count } }

    /// The next number of a group, each of which is given out twice.
    func next(of group: Int) -> Int {
      numbers.withLock { numbers in
        numbers[group, default: 0] += 1
        return numbers[group, default: 0] / 2
      }
    }
  }
}

extension String {
  /// How many sessions of this database wait for a lock of this kind.
  fileprivate static func waitingForLocks(_ kind: String) -> String {
    """
    SELECT count(*)::text FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = '\(kind)' AND NOT granted AND datname = current_database()
    """
  }
}
