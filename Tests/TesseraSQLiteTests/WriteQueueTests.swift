import GRDB
import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraStoreTesting
import TesseraTestSupport
import Testing

@testable import TesseraSQLite

@Suite("What waits to be written", .timeLimit(.minutes(5)))
struct WriteQueueTests {
  @Test("O1 of 6,000 revocations of one client that wait, few are written before those of others")
  func turns() async throws {
    try await withStore { store, lock in
      async let flood = withThrowingTaskGroup { group in
        for number in 0..<6000 { group.addTask { try await revoke(number, of: "flooder", in: store) } }
        try await group.waitForAll()
      }
      try await wait { store.queue.count == 6000 }
      async let other: Void = revoke(6000, of: "other", in: store)
      async let administration: Void = store.insertClient(try Example.client("new"), audit: event("new"))
      try await wait { store.queue.count == 6002 }
      try lock.release()
      _ = try await (flood, other, administration)

      let records = Array(try await store.auditRecords(before: nil, subject: nil, limit: .max).reversed())
      #expect(records.count == 6002)
      for subject in ["other", "new"] {
        let place = try #require(records.map(\.event.subject).firstIndex(of: subject))
        #expect(place < 3, "\(subject)")
      }
    }
  }

  @Test("What waits together is committed together, at most 64 at once")
  func commits() async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path, busyTimeout: 300)
      let counter = CommitCounter()
      store.pool.add(transactionObserver: counter)
      let lock = try DatabaseLock(path: path)
      async let writes: Void = withThrowingTaskGroup { group in
        for number in 0...WriteQueue.batchSize {
          group.addTask { try await revoke(number, of: "client", in: store) }
        }
        try await group.waitForAll()
      }
      try await wait { store.queue.count == WriteQueue.batchSize + 1 }
      try lock.release()
      try await writes
      #expect(counter.count == 2)
      await store.close()
    }
  }

  @Test("One that fails does not fail the others that are committed with it, and leaves nothing")
  func savepoints() async throws {
    try await withStore { store, lock in
      async let results = withTaskGroup { group in
        for number in 0..<30 {
          group.addTask {
            do {
              try await store.insertClient(try Example.client("client-\(number / 2)"), audit: event("x"))
              return true
            } catch {
              return false
            }
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      try await wait { store.queue.count == 30 }
      try lock.release()
      #expect(await results == 15)
      #expect(try await store.clients(after: nil, limit: .max).count == 15)
      #expect(try await store.auditRecords(before: nil, subject: nil, limit: .max).count == 15)
    }
  }

  @Test("One that is a single statement and fails does not fail the others either, and leaves nothing")
  func statements() async throws {
    try await withStore { store, lock in
      async let failing: Void = store.write(for: .housekeeping, atMost: .max, isOneStatement: true) {
        try $0.execute(sql: "INSERT INTO claims_rest (digest, expires_at) VALUES (x'0A', 1), (x'0A', 1)")
      }
      try await wait { store.queue.count == 1 }
      async let other: Void = store.write(for: .housekeeping, atMost: .max, isOneStatement: true) {
        try $0.execute(sql: "INSERT INTO claims_rest (digest, expires_at) VALUES (x'0B', 1)")
      }
      try await wait { store.queue.count == 2 }
      async let usual: Void = store.insertClient(try Example.client("a"), audit: event("a"))
      try await wait { store.queue.count == 3 }
      try lock.release()
      try await other
      try await usual
      do {
        try await failing
        Issue.record("both have one digest")
      } catch {
        #expect("\(error)".contains("SQLite code 19"))
      }
      #expect(try await store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM claims") } == 1)
      #expect(try await store.clients(after: nil, limit: 9).count == 1)
    }
  }

  @Test("When the disk is full for one of many, it alone fails")
  func fullDisk() async throws {
    try await withStore { store, lock in
      try lock.release()
      try await store.pool.writeWithoutTransaction { database in
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages + 8)")
      }
      let again = try DatabaseLock(path: store.pool.path)
      async let small: Void = store.insertKey(key(1, bytes: 10), audit: event("small"))
      try await wait { store.queue.count == 1 }
      async let large: Void = store.insertKey(key(2, bytes: 100_000), audit: event("large"))
      try await wait { store.queue.count == 2 }
      async let next: Void = store.insertKey(key(3, bytes: 10), audit: event("next"))
      try await wait { store.queue.count == 3 }
      try again.release()
      try await small
      try await next
      do {
        try await large
        Issue.record("there was no room")
      } catch {
        #expect("\(error)".contains("disk is full"))
      }
      #expect(try await store.keys().map(\.number) == [1, 3])
    }
  }

  @Test("A call that is cancelled while it waits writes nothing")
  func cancellation() async throws {
    try await withStore { store, lock in
      let task = Task { try await store.insertClient(try Example.client("a"), audit: event("a")) }
      try await wait { store.queue.count == 1 }
      task.cancel()
      async let other: Void = store.insertClient(try Example.client("b"), audit: event("b"))
      try await wait { store.queue.count == 2 }
      try lock.release()
      try await other
      await #expect(throws: StoreError.unavailable("The call was cancelled")) { try await task.value }
      #expect(try await store.clients(after: nil, limit: 9).map(\.id.rawValue) == ["b"])
    }
  }

  @Test("O1 another process gets its turn while one commits without a pause")
  func otherProcess() async throws {
    try await withDatabasePath { path in
      let server = try await SQLiteStore.open(path: path)
      let commandLine = try await SQLiteStore.open(path: path, busyTimeout: 60)
      let flood = Flood()
      try await withThrowingTaskGroup { group in
        for _ in 0..<200 {
          group.addTask {
            while !flood.isOver.load(ordering: .relaxed) {
              try await revoke(flood.next(), of: "flooder", in: server)
            }
          }
        }
        try await wait { server.queue.count > WriteQueue.batchSize }
        for name in ["a", "b", "c"] {
          try await commandLine.insertClient(try Example.client(name), audit: event(name))
        }
        flood.isOver.store(true, ordering: .relaxed)
        try await group.waitForAll()
      }
      await commandLine.close()
      await server.close()
    }
  }

  /// A store that cannot write before the lock is released.
  private func withStore(_ body: (SQLiteStore, DatabaseLock) async throws -> Void) async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path, busyTimeout: 300)
      try await body(store, try DatabaseLock(path: path))
      await store.close()
    }
  }
}

private func event(_ subject: String) -> AuditEvent {
  AuditEvent(time: Timestamp(milliseconds: 0), actor: "test", action: .tokenRevoked, subject: subject)
}

private func revoke(_ number: Int, of client: String, in store: SQLiteStore) async throws {
  var bytes = [UInt8](repeating: 0, count: TokenID.byteCount)
  bytes[0] = UInt8(number & 0xFF)
  bytes[1] = UInt8(number >> 8 & 0xFF)
  bytes[2] = UInt8(number >> 16 & 0xFF)
  let revocation = Revocation(
    token: try #require(TokenID(bytes: bytes)),
    clientID: try #require(ClientID(client)),
    issuedAt: Timestamp(milliseconds: 0),
    expiresAt: .distantFuture
  )
  _ = try await store.insertRevocation(revocation, limit: RevocationLimit(), audit: event(client))
}

private func key(_ number: UInt16, bytes: Int) -> WrappedKey {
  WrappedKey(
    number: number,
    use: .sealing,
    wrapped: [UInt8](repeating: 0, count: bytes),
    createdAt: Timestamp(milliseconds: 0),
    activatesAt: Timestamp(milliseconds: 0)
  )
}

/// Counts the commits of a database.
private final class CommitCounter: TransactionObserver, Sendable {
  private let commits = Atomic(0)

  var count: Int { commits.load(ordering: .relaxed) }

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseDidCommit(_ database: Database) { commits.add(1, ordering: .relaxed) }
  func databaseDidRollback(_ database: Database) {}
}

/// Revocations without end.
private final class Flood: Sendable {
  private let number = Atomic(0)
  let isOver = Atomic(false)

  func next() -> Int { number.add(1, ordering: .relaxed).newValue }
}
