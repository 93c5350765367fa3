import Foundation
import Synchronization
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraPostgres

@Suite("Connections that are lost or do not answer", .timeLimit(.minutes(5)))
struct OutageTests {
  @Test("While backends are killed again and again, no write that was acknowledged is lost")
  func killedBackends() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      let tally = Tally()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<4 {
          group.addTask { try await write(as: writer, to: store, tally) }
        }
        for round in 1...5 {
          try await wait { tally.count >= 20 * round }
          try await database.run(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'tessera'
            """
          )
        }
        try await wait { tally.count >= 120 }
        tally.isOver.store(true, ordering: .relaxed)
        try await group.waitForAll()
      }
      let found = Set(try await eventually { try await store.scopes() }.map(\.scope.name))
      #expect(tally.acknowledged.withLock { $0 }.isSubset(of: found))
      let changes = try await store.changes(after: 0, limit: .max)
      #expect(changes.count == found.count, "a scope without its change, or the other way round")
      await store.close()
    }
  }

  @Test("A backend that does not answer fails its call in time, and is replaced")
  func stoppedBackend() async throws {
    try await withDatabase { database in
      let store = try await database.store { limits in
        limits.readers = 1
        limits.answer = 2000
      }
      _ = try await eventually { try await store.latestChange() }
      let backend = try #require(try await database.processes().last)
      kill(backend, SIGSTOP)
      #expect(try await outage { _ = try await store.latestChange() } == "PostgreSQL did not answer in time")
      kill(backend, SIGCONT)
      #expect(try await eventually { try await store.latestChange() } == 0)
      await store.close()
    }
  }

  @Test("A call that gets no connection in time is unavailable, and runs no more")
  func noConnectionFree() async throws {
    try await withDatabase { database in
      let store = try await database.store { limits in
        limits.readers = 1
        limits.turn = 2000
      }
      let other = try await Session(database.url)
      try await other.run("BEGIN; LOCK TABLE keys; SELECT pg_advisory_xact_lock(\(Writer.lock))")
      async let blocked = store.keys()
      let writing = Task { try await store.insertScope(try Example.scope("first"), audit: Example.event) }
      try await wait {
        try await database.run(
          """
          SELECT count(*)::text FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'tessera' AND wait_event_type = 'Lock'
          """
        ) == "2"
      }
      let text = "No connection to PostgreSQL became free in time"
      #expect(try await outage { _ = try await store.scopes() } == text)
      #expect(
        try await outage { try await store.insertScope(try Example.scope("second"), audit: Example.event) }
          == text
      )
      try await other.run("COMMIT")
      #expect(try await blocked == [])
      // It had not begun either, since the lock comes first.
      await #expect(throws: StoreError.unavailable(text)) { try await writing.value }
      #expect(try await eventually { try await store.scopes() } == [])
      await store.close()
    }
  }

  @Test("A lock that another program keeps fails a call in time")
  func lockedTable() async throws {
    try await withDatabase { database in
      let store = try await database.store { $0.answer = 2000 }
      let other = try await Session(database.url)
      try await other.run("BEGIN; LOCK TABLE keys")
      #expect(try await outage { _ = try await store.keys() } != nil)
      try await other.run("COMMIT")
      #expect(try await eventually { try await store.keys() } == [])
      await store.close()
    }
  }

  @Test("A write that fails in the middle leaves nothing, and the next one goes on")
  func failedWrite() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      try await store.insertScope(try Example.scope("a"), audit: Example.event)
      try await database.run("ALTER TABLE scopes RENAME TO moved")
      let failure = try await outage {
        try await store.insertScope(try Example.scope("b"), audit: Example.event)
      }
      #expect(failure?.isEmpty == false)
      #expect(try await store.changes(after: 0, limit: 9).count == 1)
      try await database.run("ALTER TABLE moved RENAME TO scopes")
      try await store.insertScope(try Example.scope("b"), audit: Example.event)
      #expect(try await store.scopes().map(\.scope.name) == ["a", "b"])
      await store.close()
    }
  }

  /// The scopes whose writing was acknowledged.
  private final class Tally: Sendable {
    let acknowledged = Mutex<Set<String>>([])
    let isOver = Atomic(false)
    var count: Int { acknowledged.withLock { $0.count } }
  }

  /// Adds one scope after the other.
  private func write(as writer: Int, to store: PostgresStore, _ tally: Tally) async throws {
    var number = 0
    while !tally.isOver.load(ordering: .relaxed) {
      number += 1
      let scope = try Example.scope("w\(writer)-\(number)")
      let failure = try await outage { try await store.insertScope(scope, audit: Example.event) }
      if failure == nil { _ = tally.acknowledged.withLock { $0.insert(scope.scope.name) } }
    }
  }

  /// What a call returns as soon as it succeeds.
  private func eventually<Value>(_ call: () async throws -> Value) async throws -> Value {
    var value: Value?
    try await wait {
      do {
        value = try await call()
      } catch StoreError.unavailable {
      }
      return value != nil
    }
    return try #require(value)
  }
}
