import GRDB
import TesseraCore
import TesseraStoreTesting
import Testing

@testable import TesseraSQLite

@Suite("A failure while the database is open")
struct FailureTests {
  @Test("When the disk is full, a mutation is written in whole or not at all")
  func fullDisk() async throws {
    try await withStore { store, _ in
      try await store.pool.writeWithoutTransaction { database in
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages + 4)")
      }
      var failure: StoreError?
      var count = 0
      while failure == nil, count < 10_000 {
        do throws(StoreError) {
          try await store.insertKey(Self.key(numbered: UInt16(count)), audit: Example.event)
          count += 1
        } catch {
          failure = error
        }
      }
      #expect(
        failure == .unavailable("The database cannot be written or read: the disk is full or fails")
      )
      #expect(count > 0)
      #expect(try await store.keys().count == count)
      #expect(try await store.auditRecords(before: nil, subject: nil, limit: .max).count == count)
      #expect(try await store.changes(after: 0, limit: .max).count == count)
    }
  }

  @Test("While another process writes for too long, writing is unavailable and reading works")
  func lockedDatabase() async throws {
    try await withStore { store, path in
      let client = try Example.client("a")
      let other = try DatabaseLock(path: path)
      await #expect(throws: StoreError.unavailable("The database is kept locked by another process")) {
        try await store.insertClient(client, audit: Example.event)
      }
      #expect(try await store.client(client.id) == nil)
      try other.release()
      try await store.insertClient(client, audit: Example.event)
    }
  }

  @Test("After closing, reading and writing are unavailable")
  func closedStore() async throws {
    try await withStore { store, _ in
      await store.close()
      let client = try Example.client("a")
      await #expect(throws: StoreError.unavailable("The database is closed")) {
        try await store.client(client.id)
      }
      await #expect(throws: StoreError.unavailable("The database is closed")) {
        try await store.insertClient(client, audit: Example.event)
      }
    }
  }

  @Test("A call of a cancelled task is unavailable and writes nothing")
  func cancelledTask() async throws {
    try await withStore { store, _ in
      let client = try Example.client("a")
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try await store.insertClient(client, audit: Example.event)
      }
      await #expect(throws: StoreError.unavailable("The call was cancelled")) { try await task.value }
      #expect(try await store.client(client.id) == nil)
    }
  }

  @Test(
    "A row that was damaged is unavailable, never another client and never a crash",
    arguments: [
      "scopes = '\"'", "grant_types = 'other'", "created_at = 'yesterday'", "enabled = X'00'",
      "authentication_method = 'other'", "id = ''", "token_lifetime = 'x'",
    ]
  )
  func damagedRow(change: String) async throws {
    try await withStore { store, _ in
      try await store.insertClient(try Example.client("a"), audit: Example.event)
      try await store.pool.write { try $0.execute(sql: "UPDATE clients SET \(change)") }
      let failure = await #expect(throws: StoreError.self) { try await store.clients(named: "name of a") }
      let column = change.prefix { $0 != " " }
      #expect(failure == .unreadable("a value of \(column)"))
    }
  }

  private static func key(numbered number: UInt16) -> WrappedKey {
    WrappedKey(
      number: number,
      use: .sealing,
      wrapped: [UInt8](repeating: 0, count: 500),
      createdAt: Example.event.time,
      activatesAt: Example.event.time
    )
  }

  private func withStore(_ body: (SQLiteStore, String) async throws -> Void) async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path, busyTimeout: 0.05)
      try await body(store, path)
      await store.close()
    }
  }
}
