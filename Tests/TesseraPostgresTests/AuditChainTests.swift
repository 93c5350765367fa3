import TesseraCore
import TesseraStoreTesting
import Testing

@testable import TesseraPostgres

/// What a hand in the database does to the audit log is found.
@Suite("The audit log in PostgreSQL")
struct AuditChainTests {
  @Test("G5 what a hand in the database does to the audit log is found", arguments: AuditTampering.all)
  func isFound(_ tampering: AuditTampering) async throws {
    try await withDatabase { database in
      let store = try await database.store()
      try await AuditTampering.prepare(store)
      for statement in tampering.statements { try await database.run(statement) }
      try await tampering.expectFound(in: store)
      await store.close()
    }
  }

  @Test("G5 a mutation that cannot be recorded does not happen")
  func unrecorded() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      try await AuditTampering.expectNothingUnrecorded(in: store) { try await database.run($0) }
      await store.close()
    }
  }

  @Test("A version that knows no chain can write beside this one, and its records are told apart")
  func earlierRecords() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      func writeAsBefore() async throws {
        try await database.run(
          """
          INSERT INTO audit (time, actor, action, subject, details, client_name_key)
          VALUES (0, 'cli:alice', 'scope.created', 'a', '{}', NULL)
          """
        )
      }
      for _ in 0..<2 { try await writeAsBefore() }
      try await AuditTampering.expectUnprotected(2, in: store)
      try await writeAsBefore()
      let numbers = try await store.auditRecords(of: nil, after: 0, limit: 9).map(\.number)
      #expect(Set(numbers).count == 4 && numbers == numbers.sorted())
      await store.close()
    }
  }
}
