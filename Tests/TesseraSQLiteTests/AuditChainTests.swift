import GRDB
import TesseraCore
import TesseraStoreTesting
import Testing

@testable import TesseraSQLite

/// What a hand in the file does to the audit log is found.
@Suite("The audit log in SQLite")
struct AuditChainTests {
  @Test("G5 what a hand in the database does to the audit log is found", arguments: AuditTampering.all)
  func isFound(_ tampering: AuditTampering) async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path)
      try await AuditTampering.prepare(store)
      for statement in tampering.statements { try await store.pool.write { try $0.execute(sql: statement) } }
      try await tampering.expectFound(in: store)
      await store.close()
    }
  }

  @Test("G5 a mutation that cannot be recorded does not happen")
  func unrecorded() async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path)
      try await AuditTampering.expectNothingUnrecorded(in: store) { statement in
        try await store.pool.write { try $0.execute(sql: statement) }
      }
      await store.close()
    }
  }

  @Test("Records from before the chain are told apart, and the chain begins after them")
  func earlierRecords() async throws {
    try await withDatabasePath { path in
      let pool = try DatabasePool(path: path)
      try Migrations.migrator.migrate(pool, upTo: "0011-hash-key")
      try await pool.write { database in
        for action in ["scope.created", "token.revoked"] {
          try database.execute(
            sql: """
              INSERT INTO audit (time, actor, action, subject, details)
              VALUES (0, 'cli:alice', ?, 'a', '{"resource":"urn:a"}')
              """,
            arguments: [action]
          )
        }
      }
      try await onThread { try Migrations.run(on: pool) }
      let store = SQLiteStore(pool: pool)
      try await AuditTampering.expectUnprotected(2, in: store)
      #expect(try await store.auditRecords(of: nil, after: 0, limit: 9).map(\.number) == [1, 2, 3])
      await store.close()
    }
  }
}
