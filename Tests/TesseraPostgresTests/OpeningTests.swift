import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraPostgres

@Suite("Opening a database, or refusing it in one line", .timeLimit(.minutes(5)))
struct OpeningTests {
  @Test("Eight nodes that start at once on an empty database all succeed, and each step is run once")
  func togetherOnEmpty() async throws {
    try await withDatabase { database in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            let store = try await database.store()
            #expect(try await store.scopes() == [])
            await store.close()
          }
        }
        try await group.waitForAll()
      }
      #expect(
        try await database.run("SELECT count(*)::text FROM tessera_migrations") == "\(Migrations.all.count)"
      )
    }
  }

  @Test("The steps are numbered in order, and none asks for one that there is not")
  func order() {
    #expect(Migrations.all.map(\.number) == Array(1...Migrations.all.count))
    for step in Migrations.all { #expect((1...step.number).contains(step.oldestReader)) }
  }

  @Test("Where none is to be made, nothing is made")
  func absent() async throws {
    try await withDatabase { database in
      #expect(await refusal(database.url, mayMake: false) == .absent)
      #expect(
        try await database.run(
          "SELECT count(*)::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        )
          == "0"
      )
      try await database.store().close()
      #expect(await refusal(database.url, mayMake: false) == nil)
    }
  }

  @Test("The tables of another program, and they stay alone")
  func foreignTables() async throws {
    try await withDatabase { database in
      try await database.run("CREATE TABLE clients (id int)")
      try await expectRefusal(.foreignTables, opening: database.url)
      #expect(try await database.run("SELECT count(*)::text FROM pg_class WHERE relname = 'scopes'") == "0")
    }
  }

  @Test("The views of an extension are no other program")
  func extensions() async throws {
    try await withDatabase { database in
      try await database.run("CREATE EXTENSION pg_stat_statements")
      #expect(await refusal(database.url) == nil)
    }
  }

  @Test("A schema that this version does not know, unless it may work on it")
  func newer() async throws {
    try await withDatabase { database in
      try await database.store().close()
      try await database.run("INSERT INTO tessera_migrations (number, oldest_reader) VALUES (998, 1)")
      #expect(await refusal(database.url) == nil, "made for both versions")
      try await database.run("INSERT INTO tessera_migrations (number, oldest_reader) VALUES (999, 999)")
      try await expectRefusal(.madeByNewerVersion, opening: database.url)
    }
  }

  @Test("A database that is read-only, as a standby is")
  func readOnly() async throws {
    try await withDatabase { database in
      try await database.run("ALTER DATABASE \(database.name) SET default_transaction_read_only = on")
      try await expectRefusal(.readOnly, opening: database.url)
    }
  }

  @Test("An encoding that cannot hold every text")
  func encoding() async throws {
    try await withDatabase(likeThat: "template0", options: "ENCODING 'SQL_ASCII'") { database in
      try await expectRefusal(.wrongEncoding("SQL_ASCII"), opening: database.url)
    }
  }

  @Test("A search path without a schema")
  func schemaless() async throws {
    try await withDatabase { database in
      try await database.run("ALTER DATABASE \(database.name) SET search_path = nowhere")
      try await expectRefusal(.noSchema, opening: database.url)
    }
  }

  @Test("A user without rights: to make tables, to use them")
  func rights() async throws {
    try await withDatabase { database in
      let user = "weak_\(database.name)"
      let url = database.server.url(database.name, user: user)
      try await database.run("CREATE USER \(user)")
      try await expectRefusal(.noRights, opening: url)
      try await database.store().close()
      try await expectRefusal(.noRights, opening: url)
      try await database.run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \(user)")
      #expect(await refusal(url) == nil)
      try await database.run("DROP OWNED BY \(user); DROP USER \(user)")
    }
  }

  @Test("A database with no connection left")
  func connectionLimit() async throws {
    try await withDatabase { database in
      let user = "many_\(database.name)"
      try await database.run("CREATE USER \(user) CONNECTION LIMIT 0")
      try await expectRefusal(.noConnectionLeft, opening: database.server.url(database.name, user: user))
      try await database.run("DROP USER \(user)")
    }
  }

  @Test("A wrong password, none, and the right one; it is in no text")
  func passwords() async throws {
    try await withDatabase { database in
      let server = database.server
      try await database.run(
        """
        DO $$ BEGIN
          CREATE USER guarded PASSWORD 'hunter2' SUPERUSER;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$
        """
      )
      let wrong = server.url(database.name, user: "guarded", password: "hunter3")
      try await expectRefusal(.wrongPassword, opening: wrong)
      #expect("\(try #require(await refusal(wrong)))".contains("hunter") == false)
      try await expectRefusal(
        .noPassword,
        opening: server.url(database.name, user: "guarded", "&passfile=/none")
      )
      #expect(await refusal(server.url(database.name, user: "guarded", password: "hunter2")) == nil)
    }
  }

  @Test("A database, a user, a socket and a host that there are not")
  func nothingThere() async throws {
    let server = try await PostgresServer.shared
    try await expectRefusal(.noDatabase, opening: server.url("nothing"))
    try await expectRefusal(.wrongUser, opening: server.url("postgres", user: "nobody"))
    try await expectRefusal(.notAllowed, opening: server.url("postgres", user: "refused"))
    try await expectRefusal(.noSocket, opening: "postgres://u@/d?host=/nonexistent")
    try await expectRefusal(.hostUnknown, opening: "postgres://u:hunter2@nothing.invalid/d")
    // A port that is bound and not listened at refuses.
    try await expectRefusal(.refused, opening: "postgres://u:hunter2@127.0.0.1:\(try UnusedPort().number)/d")
  }

  @Test("A commit waits for the disk, also where the database is set to less; more than that stays")
  func synchronousCommit() async throws {
    try await withDatabase { database in
      for (configured, expected) in [("off", "on"), ("remote_write", "on"), ("remote_apply", "remote_apply")]
      {
        try await database.run("ALTER DATABASE \(database.name) SET synchronous_commit = \(configured)")
        let store = try await database.store()
        let found = try await store.read { connection throws(StoreError) in
          try connection.row("SELECT current_setting('synchronous_commit') AS value")?.value("value") ?? ""
        }
        #expect(found == expected)
        await store.close()
      }
    }
  }

  @Test("A text with a NUL character is refused before it is sent, and the next is stored")
  func nul() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      await #expect(throws: StoreError.invalid("A text has a NUL character, which cannot be stored")) {
        try await store.insertClient(try Example.client("a", name: "nul\0"), audit: Example.event)
      }
      #expect(try await store.clients(after: nil, limit: 9) == [])
      try await store.insertClient(try Example.client("a", name: "o'k \"\\ {},$1"), audit: Example.event)
      #expect(try await store.clients(named: "o'k \"\\ {},$1").count == 1)
      await store.close()
    }
  }
}
