import TesseraCore
import TesseraJOSE
import Testing

@testable import TesseraPostgres

@Suite("Records that are moved")
struct RecordTests {
  @Test("Every table and column is moved, or derived from what is")
  func everyColumn() async throws {
    try await withDatabase { database in
      try await database.store().close()
      // revocation_counts is made by triggers of what is moved, and turns are of nodes that run.
      let found = try await database.run(
        """
        SELECT string_agg(line, E'\\n' ORDER BY line COLLATE "C") FROM (
          SELECT concat_ws(' ', relname, attname, attnotnull::text) AS line FROM pg_attribute
          JOIN pg_class ON pg_class.oid = attrelid
          WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
            AND attnum > 0 AND NOT attisdropped AND relname NOT IN ('tessera_migrations', 'revocation_counts', 'turns')
        ) AS columns
        """
      )
      let expected = RecordKind.all.flatMap { kind in
        kind.fields.map { "\(kind.name) \($0.name) \(!$0.isOptional)" }
          + Connection.derivedFields.filter { $0.kind == kind }
          .map { "\(kind.name) \($0.name) \($0.name == "name_key")" }
      }
      #expect((found ?? "").split(separator: "\n").map(String.init) == expected.sorted())
    }
  }

  private func mover() throws -> StoreMover {
    try #require(PostgresStore.openers.first { $0.scheme == "postgres" }?.mover)
  }

  /// What the mover takes: the URL without its scheme.
  private func location(_ database: TestDatabase) -> String {
    String(database.url.dropFirst("postgres:".count))
  }

  @Test("A snapshot is of one moment, and says when the database has moved on")
  func snapshot() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      try await store.insertClient(try Example.client("a"), audit: Example.event)
      let change: [@Sendable (PostgresStore) async throws -> Void] = [
        { try await $0.insertClient(try Example.client("b"), audit: Example.event) },
        { try await $0.updateClient(try #require(ClientID("b")), audit: Example.event) { _ in } },
        { try await $0.removeChanges(madeBefore: .distantFuture, limit: 1) },
      ]
      for change in change {
        let snapshot = try mover().snapshot(location(database))
        let count = try snapshot.count(of: .clients)
        try await change(store)
        #expect(try snapshot.count(of: .clients) == count)
        #expect(try snapshot.hasMovedOn())
        #expect(try !mover().snapshot(location(database)).hasMovedOn())
      }
      await store.close()
    }
  }

  @Test("A server that has a connection uses the database, and one who moves it does not")
  func use() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      _ = try await store.latestChange()
      let (first, second) = (
        try mover().snapshot(location(database)), try mover().snapshot(location(database))
      )
      #expect(try first.isInUse)
      let process = try #require(try await database.processes().first)
      await store.close()
      try await database.run("SELECT pg_terminate_backend(\(process), 60000)")
      #expect(try !second.isInUse)
    }
  }

  @Test("What is not committed is not there, and nobody else writes meanwhile")
  func writer() async throws {
    try await withDatabase { database in
      try await withDatabase { empty in
        let source = try await database.store()
        try await source.insertClient(try Example.client("a"), audit: Example.event)
        await source.close()
        let records = try mover().snapshot(location(database)).records(of: .clients, after: nil, limit: 9)
        #expect(records.count == 1)
        do {
          let writer = try mover().writer(location(empty))
          try writer.begin()
          try writer.insert(records, of: .clients)
          #expect(try writer.count(of: .clients) == 1)
          let other = try await empty.store { $0.answer = 200 }
          #expect(try await other.client(try #require(ClientID("a"))) == nil)
          #expect(
            try await outage { try await other.insertClient(try Example.client("b"), audit: Example.event) }
              != nil
          )
          await other.close()
        }
        #expect(try mover().snapshot(location(empty)).count(of: .clients) == 0)

        let writer = try mover().writer(location(empty))
        try writer.begin()
        try writer.insert(records, of: .clients)
        try writer.commit(recording: nil)
        #expect(try mover().snapshot(location(empty)).records(of: .clients, after: nil, limit: 9) == records)
      }
    }
  }

  @Test("A text with a NUL character is refused, since PostgreSQL has none of it")
  func nul() async throws {
    try await withDatabase { database in
      let writer = try mover().writer(location(database))
      try writer.begin()
      let scope = StoreRecord([.text("a"), .text("\0"), .text("b"), .integer(0), .null])
      let kind = try #require(RecordKind.all.first { $0.name == "scopes" })
      #expect(throws: StoreError.invalid("A text has a NUL character, which cannot be stored")) {
        try writer.insert([scope], of: kind)
      }
    }
  }

  @Test("What PostgreSQL refuses is told, and the connection goes on to the next")
  func refusedRows() async throws {
    try await withDatabase { database in
      let connection = try database.connector().connect()
      let kind = try #require(RecordKind.all.first { $0.name == "client_secrets" })
      #expect(
        throws: StoreError.unavailable("PostgreSQL has not the tables of the store that this version needs")
      ) {
        try connection.insert([StoreRecord([])], of: kind)
      }
      try await database.store().close()
      let orphan = StoreRecord([
        .text("nobody"), .integer(0), .text("a"), .text("keyed"), .null, .bytes([1]), .integer(0), .null,
        .null,
      ])
      #expect(throws: StoreError.unavailable("PostgreSQL refused a statement with SQLSTATE 23503")) {
        try connection.insert([orphan], of: kind)
      }
      #expect(try connection.count(of: kind) == 0)
    }
  }

  @Test("There is nothing to read where there are no tables")
  func absent() async throws {
    try await withDatabase { database in
      let mover = try mover()
      #expect(throws: StoreOpeningError.absent) { _ = try mover.snapshot(location(database)) }
    }
  }
}
