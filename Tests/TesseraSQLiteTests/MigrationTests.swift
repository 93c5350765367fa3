import Dispatch
import Foundation
import GRDB
import TesseraCore
import TesseraJOSE
import Testing

@testable import TesseraSQLite

@Suite("Migrations")
struct MigrationTests {
  @Test("A step that another process is doing at the same time is not done again")
  func race() async throws {
    try await withDatabasePath { path in
      let otherIsMigrating = DispatchSemaphore(value: 0)
      let isAboutToMigrate = DispatchSemaphore(value: 0)
      let other = try DatabasePool(path: path)
      try await other.write { database in
        try database.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
      }
      let pool = try DatabasePool(path: path, configuration: signalling(isAboutToMigrate))
      async let otherMigration = onThread {
        try other.write { database in
          otherIsMigrating.signal()
          try Migrations.createInitialSchema(database)
          try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('0001-initial')")
          return isAboutToMigrate.wait(timeout: .now() + 600)
        }
      }
      try await onThread {
        otherIsMigrating.wait()
        try Migrations.run(on: pool)
      }
      #expect(try await otherMigration == .success)
      let store = SQLiteStore(pool: pool)
      try await store.insertClient(try Example.client("a"), audit: Example.event)
      await store.close()
    }
  }

  @Test("Revocations from before their clients were kept stay, come first, and are counted")
  func revocations() async throws {
    try await withDatabasePath { path in
      let pool = try DatabasePool(path: path)
      let day = ExpiryPeriods.revocations.length
      try await onThread { try Migrations.migrator.migrate(pool, upTo: "0003-standard") }
      try await pool.write { database in
        for (byte, sequence) in [(1, 0), (2, 0), (3, 7)] {
          try database.execute(
            sql: "INSERT INTO revocations (token, expires_at, sequence) VALUES (?, ?, ?)",
            arguments: [
              Data(repeating: UInt8(byte), count: TokenID.byteCount), sequence == 7 ? day : 5, sequence,
            ]
          )
        }
      }
      try await onThread { try Migrations.run(on: pool) }
      let store = SQLiteStore(pool: pool)
      let records = try await store.revocations(after: .min, limit: 9)
      #expect(records.map(\.sequence) == [-2, -1, 7])
      #expect(Set(records.map { $0.token.bytes[0] }) == [1, 2, 3])
      #expect(records.allSatisfy { $0.clientID == nil })
      #expect(records.map(\.expiresAt.milliseconds) == [5, 5, day])
      func count() async throws -> Int? {
        try await pool.read { try Int.fetchOne($0, sql: "SELECT sum(count) FROM revocation_counts") }
      }
      #expect(try await count() == 3)
      #expect(try await store.removeRevocations(expiredBefore: Timestamp(milliseconds: day)) == 2)
      #expect(try await count() == 1)
      await store.close()
    }
  }

  @Test("A step that fails is not tried for ever")
  func failure() async throws {
    try await withDatabasePath { path in
      let pool = try DatabasePool(path: path)
      try await pool.write { try $0.execute(sql: "CREATE TABLE clients (id)") }
      await #expect(throws: DatabaseError.self) {
        try await onThread { try Migrations.run(on: pool) }
      }
      #expect(try await pool.read { try $0.tableExists("scopes") } == false)
      try pool.close()
    }
  }

  @Test("Clients that were disabled before get none of their tokens back, and the others keep theirs")
  func disabledClients() async throws {
    try await withDatabasePath { path in
      let pool = try DatabasePool(path: path)
      try Migrations.migrator.migrate(pool, upTo: "0003-standard")
      try await pool.write { database in
        for (id, isEnabled, notBefore) in [("a", 0, "NULL"), ("b", 0, "7"), ("c", 0, "99"), ("d", 1, "NULL")]
        {
          try database.execute(
            sql: """
              INSERT INTO clients (
                id, name, grant_types, scopes, enabled, tokens_not_before, created_at, updated_at
              ) VALUES ('\(id)', 'Name of \(id)', '', '', \(isEnabled), \(notBefore), 1, 42)
              """
          )
        }
      }
      try await onThread { try Migrations.run(on: pool) }
      let store = SQLiteStore(pool: pool)
      let clients = try await store.clients(after: nil, limit: 9)
      #expect(clients.map { $0.tokensNotBefore?.milliseconds } == [43, 43, 99, nil])
      await store.close()
    }
  }

  @Test(
    "Clients from before are found by their name in any spelling, also those that are alike, which stay two"
  )
  func nameKeys() async throws {
    try await withDatabasePath { path in
      let pool = try DatabasePool(path: path)
      try Migrations.migrator.migrate(pool, upTo: "0003-standard")
      try await pool.write { database in
        for (id, name) in [("a", "Caf\u{E9}"), ("b", "Cafe\u{301}"), ("c", "other")] {
          try database.execute(
            sql: """
              INSERT INTO clients (id, name, grant_types, scopes, enabled, created_at, updated_at)
              VALUES (?, ?, '', '', 1, 1, 1)
              """,
            arguments: [id, name]
          )
        }
      }
      try await onThread { try Migrations.run(on: pool) }
      let store = SQLiteStore(pool: pool)
      #expect(try await store.clients(named: "CAF\u{C9}").map(\.id.rawValue) == ["a", "b"])
      #expect(try await store.clients(named: "Other").map(\.id.rawValue) == ["c"])
      #expect(try await store.clients(after: nil, limit: 9).map(\.version) == [1, 1, 1])
      let id = try #require(ClientID("b"))
      try await store.updateClient(id, audit: Example.event) { $0.tokenLifetime = 60 }
      await #expect(throws: StoreError.self) {
        try await store.updateClient(id, audit: Example.event) { $0.name = "OTHER" }
      }
      await store.close()
    }
  }

  /// Signals when a connection begins a migration, having seen which were run.
  private func signalling(_ semaphore: DispatchSemaphore) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(600)
    configuration.prepareDatabase { database in
      database.trace { event in
        if event.description.hasPrefix("BEGIN IMMEDIATE") { semaphore.signal() }
      }
    }
    return configuration
  }
}
