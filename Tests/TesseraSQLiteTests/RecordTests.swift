import GRDB
import TesseraCore
import Testing

@testable import TesseraSQLite

@Suite("Records that are moved")
struct RecordTests {
  /// Tables that are no records: made by triggers of those that are, of GRDB, or of processes that are running.
  private static let others: Set = ["revocation_counts", "grdb_migrations", "turns"]

  @Test("Every table and column is moved, or derived from what is")
  func everyColumn() async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path)
      let found = try await store.pool.read { database in
        let tables = try String.fetchAll(
          database,
          sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return try tables.reduce(into: [String: Set<String>]()) { found, table in
          // What is in a table of its own for each period is not there yet.
          let name = table == ClaimTables.rest ? "claims" : table
          found[name] = Set(try database.columns(in: table).map { "\($0.name) \($0.isNotNull)" })
        }
      }
      var expected: [String: Set<String>] = [:]
      for kind in RecordKind.all {
        let derived = Database.derivedFields.filter { $0.kind == kind }.map { "\($0.name) true" }
        expected[kind.name] = Set(kind.fields.map { "\($0.name) \(!$0.isOptional)" } + derived)
      }
      #expect(found.filter { !RecordTests.others.contains($0.key) } == expected)
      await store.close()
    }
  }

  @Test("A snapshot is of one moment, and says when the database has moved on")
  func snapshot() async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path)
      try await store.insertClient(try Example.client("a"), audit: Example.event)
      let first = try SQLiteStore.mover.snapshot(path)
      #expect(try first.count(of: .clients) == 1)
      #expect(try !first.hasMovedOn())

      try await store.insertClient(try Example.client("b"), audit: Example.event)
      #expect(try first.count(of: .clients) == 1)
      #expect(try first.records(of: .clients, after: nil, limit: 9).count == 1)
      #expect(try first.hasMovedOn())
      await store.close()
    }
  }

  @Test("A commit that changes no record, such as another's opening may make, is no move")
  func snapshotBesideAnOpening() async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path)
      try await store.insertClient(try Example.client("a"), audit: Example.event)
      let snapshot = try SQLiteStore.mover.snapshot(path)
      try await store.pool.write { try $0.execute(sql: "CREATE TABLE other (id); DROP TABLE other") }
      #expect(try !snapshot.hasMovedOn())

      let next = try SQLiteStore.mover.snapshot(path)
      try await store.pool.write { try $0.execute(sql: "UPDATE clients SET name = 'other'") }
      #expect(try next.hasMovedOn())
      await store.close()
    }
  }

  @Test("What is not committed is not there, and nobody else writes meanwhile")
  func writer() async throws {
    try await withDatabasePath { path in
      let source = try await SQLiteStore.open(path: path + "-source")
      try await source.insertClient(try Example.client("a"), audit: Example.event)
      let records = try SQLiteStore.mover.snapshot(path + "-source").records(
        of: .clients,
        after: nil,
        limit: 9
      )
      let other = try await SQLiteStore.open(path: path, busyTimeout: 0.1)
      do {
        let writer = try SQLiteStore.mover.writer(path)
        try writer.begin()
        try writer.insert(records, of: .clients)
        #expect(try writer.count(of: .clients) == 1)
        #expect(try await other.client(try #require(ClientID("a"))) == nil)
        await #expect(throws: StoreError.self) {
          try await other.insertClient(try Example.client("b"), audit: Example.event)
        }
        await #expect(throws: SQLiteStoreError.self) {
          try await SQLiteStore.open(path: path, busyTimeout: 0.1)
        }
      }
      await other.close()
      #expect(try SQLiteStore.mover.snapshot(path).count(of: .clients) == 0)

      let writer = try SQLiteStore.mover.writer(path)
      try writer.begin()
      try writer.insert(records, of: .clients)
      try writer.commit(recording: nil)
      #expect(try SQLiteStore.mover.snapshot(path).records(of: .clients, after: nil, limit: 9) == records)
      await source.close()
    }
  }

  @Test("There is nothing to read where there is no database")
  func absent() async throws {
    try await withDatabasePath { path in
      #expect(throws: StoreOpeningError.absent) { _ = try SQLiteStore.mover.snapshot(path) }
      #expect(DatabaseFile.isAbsent(at: path))
    }
  }
}
