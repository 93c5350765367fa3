import Synchronization
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraPostgres

@Suite("The feed of changes of several nodes", .timeLimit(.minutes(5)))
struct FeedTests {
  @Test("Nothing appears above a change that has its number but is not committed yet")
  func lateCommit() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      let other = try await Session(database.url)
      try await other.run(
        """
        BEGIN; SELECT pg_advisory_xact_lock(\(Writer.lock));
        INSERT INTO changes (made_at, kind) VALUES (0, 'keys')
        """
      )
      async let write: Void = store.insertScope(try Example.scope("a"), audit: Example.event)
      try await wait {
        try await database.run(
          "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ) == "1"
      }
      #expect(try await store.changes(after: 0, limit: 9) == [])
      try await other.run("COMMIT")
      try await write
      #expect(try await store.changes(after: 0, limit: 9).map(\.subject) == [.keys, .scopes])
      await store.close()
    }
  }

  @Test("PostgreSQL tells of a change that another node makes")
  func notification() async throws {
    try await withDatabase { database in
      let other = try await database.store()
      let listener = ChangeListener(try database.connector())
      listener.start()
      // Once when it begins to listen, since something may have been missed before.
      try await wait { listener.bell.count == 1 }
      try await other.insertScope(try Example.scope("a"), audit: Example.event)
      try await wait { listener.bell.count == 2 }
      await listener.close()
      await other.close()
    }
  }

  @Test("A change that another node makes wakes who waits, before the pause is over")
  func waking() async throws {
    try await withDatabase { database in
      let (store, other) = (try await database.store(), try await database.store())
      let pauses = Atomic(0)
      let waiting = Task {
        try await store.waitForChange(after: 0) {
          pauses.add(1, ordering: .relaxed)
          await Bell().wait(after: 0)
        }
      }
      try await wait { pauses.load(ordering: .relaxed) > 0 }
      try await other.insertScope(try Example.scope("a"), audit: Example.event)
      try await waiting.value
      for store in [store, other] { await store.close() }
    }
  }

  @Test("What no notification told of is found by asking again")
  func lostNotification() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      let pauses = Atomic(0)
      let ending = Bell()
      let waiting = Task {
        try await store.waitForChange(after: 0) {
          pauses.add(1, ordering: .relaxed)
          await ending.wait(after: 0)
        }
      }
      try await wait { pauses.load(ordering: .relaxed) > 0 }
      try await database.run(
        "ALTER TABLE changes DISABLE TRIGGER changes_notify; INSERT INTO changes (made_at, kind) VALUES (0, 'keys')"
      )
      ending.ring()
      try await waiting.value
      await store.close()
    }
  }

  @Test("A listener whose connection is lost says so and listens again")
  func lostListener() async throws {
    try await withDatabase { database in
      let other = try await database.store()
      let listener = ChangeListener(try database.connector())
      listener.start()
      try await wait { listener.bell.count == 1 }
      try await database.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = '\(database.name)'"
      )
      // When it is lost, and when it is back.
      try await wait { listener.bell.count == 3 }
      try await other.insertScope(try Example.scope("a"), audit: Example.event)
      try await wait { listener.bell.count == 4 }
      await listener.close()
      await other.close()
    }
  }

  @Test("Waiting ends when the store is closed")
  func closing() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      let pauses = Atomic(0)
      let waiting = Task {
        try await store.waitForChange(after: 0) {
          pauses.add(1, ordering: .relaxed)
          await Bell().wait(after: 0)
        }
      }
      try await wait { pauses.load(ordering: .relaxed) > 0 }
      await store.close()
      #expect(try await outage { try await waiting.value } != nil)
    }
  }
}
