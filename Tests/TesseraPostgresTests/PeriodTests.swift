import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraPostgres

@Suite("Tables partitioned by when their rows expire", .timeLimit(.minutes(5)))
struct PeriodTests {
  private let now = Timestamp(milliseconds: 1_700_000_000_000)

  private func claim(_ identifier: String, expiresAt: Timestamp) throws -> SingleUseClaim {
    let client = try #require(ClientID("client"))
    return SingleUseClaim(
      .clientAssertion,
      of: identifier,
      from: "client",
      for: client,
      expiresAt: expiresAt
    )
  }

  private func revoke(
    _ byte: UInt8,
    of client: String = "client",
    in store: PostgresStore,
    expiresAt: Timestamp
  ) async throws {
    let revocation = Revocation(
      token: try #require(TokenID(bytes: [UInt8](repeating: byte, count: TokenID.byteCount))),
      clientID: try #require(ClientID(client)),
      issuedAt: now,
      expiresAt: expiresAt
    )
    _ = try await store.insertRevocation(revocation, limit: RevocationLimit(), audit: Example.event)
  }

  /// The rows of each partition of a table that has any, by the number of its period or `rest`.
  private func rows(of table: String, in database: TestDatabase) async throws -> String {
    try await database.run(
      """
      SELECT coalesce(string_agg(partition || ':' || count, ' ' ORDER BY partition), '') FROM (
        SELECT split_part(tableoid::regclass::text, '_', 2) AS partition, count(*) AS count
        FROM \(table) GROUP BY 1
      ) AS counts
      """
    ) ?? ""
  }

  /// The numbers of the periods that have a partition, the first and the last.
  private func partitions(of table: ExpiringTable, in store: PostgresStore) async throws -> ClosedRange<
    Int64
  >? {
    let numbers = try await store.read { connection throws(StoreError) in
      try connection.periods(of: table).sorted()
    }
    guard let first = numbers.first, let last = numbers.last else { return nil }
    #expect(numbers == Array(first...last))
    return first...last
  }

  @Test("Partitions are made days ahead, and what came before them moves there")
  func ahead() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      for table in [ExpiringTable.claims, .revocations] {
        #expect(try await partitions(of: table, in: store) == nil)
      }
      let number = ExpiryPeriods.claims.number(at: now)
      #expect(try await store.claim(try claim("early", expiresAt: now)))
      #expect(try await store.claim(try claim("far", expiresAt: now.advanced(bySeconds: 3 * 86_400))))
      try await revoke(1, in: store, expiresAt: now)
      #expect(try await rows(of: "claims", in: database) == "rest:2")
      #expect(try await rows(of: "revocations", in: database) == "rest:1")
      try await store.makePeriods(from: now)
      for table in [ExpiringTable.claims, .revocations] {
        #expect(try await partitions(of: table, in: store) == table.periods.numbers(from: now))
        #expect(
          table.periods.start(of: table.periods.numbers(from: now).upperBound)
            > now.advanced(bySeconds: 86_400)
        )
      }
      #expect(try await store.claim(try claim("late", expiresAt: now)))
      #expect(try await rows(of: "claims", in: database) == "\(number):2 rest:1")
      #expect(try await store.claim(try claim("far", expiresAt: now)) == false)
      #expect(
        try await rows(of: "revocations", in: database) == "\(ExpiryPeriods.revocations.number(at: now)):1"
      )
      try await store.makePeriods(from: now.advanced(bySeconds: 86_400))
      #expect(try await rows(of: "claims", in: database) == "\(number):2 \(number + 18):1")
      await store.close()
    }
  }

  @Test("Partitions are dropped when their period is over, and counts stay right")
  func dropping() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      try await store.makePeriods(from: now)
      for byte: UInt8 in 1...9 {
        let client = byte.isMultiple(of: 3) ? "b" : "a"
        let expiry = now.advanced(bySeconds: Int64(byte % 3) * 86_400)
        try await revoke(byte, of: client, in: store, expiresAt: expiry)
        #expect(try await store.claim(try claim("\(byte)", expiresAt: expiry)))
      }
      try await database.run(
        "INSERT INTO revocations (sequence, token, issued_at, expires_at) VALUES (0, '', 0, \(now.milliseconds))"
      )
      for days: Int64 in [0, 1, 2, 40] {
        let time = now.advanced(bySeconds: days * 86_400)
        #expect(try await store.removeRevocations(expiredBefore: time) == [0, 4, 3, 3][min(Int(days), 3)])
        try await store.removeClaims(expiredBefore: time)
        #expect(
          try await database.run(
            """
            SELECT count(*)::text FROM (
              (SELECT client_id, count FROM revocation_counts WHERE client_id <> '')
              EXCEPT (SELECT client_id, count(*) FROM revocations GROUP BY client_id)
            ) AS wrong
            """
          ) == "0"
        )
        #expect(
          try await database.run("SELECT count::text FROM revocation_counts WHERE client_id = ''")
            == database.run("SELECT count(*)::text FROM revocations")
        )
        for table in [ExpiringTable.claims, .revocations] {
          let left = table.periods.numbers(from: now).filter { $0 >= table.periods.number(at: time) }
          #expect(try await partitions(of: table, in: store).map(Array.init) ?? [] == left)
        }
      }
      #expect(try await rows(of: "claims", in: database) + rows(of: "revocations", in: database) == "")
      await store.close()
    }
  }

  @Test("While somebody reads a table for long, partitions are left alone and nobody waits for it")
  func dump() async throws {
    try await withDatabase { database in
      let store = try await database.store()
      try await store.makePeriods(from: now)
      let dump = try await Session(database.url)
      try await dump.run("BEGIN; LOCK TABLE claims, revocations IN ACCESS SHARE MODE")
      let later = now.advanced(bySeconds: 2 * 86_400)
      for remove in [
        { try await store.removeClaims(expiredBefore: later) },
        { try await store.makePeriods(from: later) },
        { _ = try await store.removeRevocations(expiredBefore: later) },
      ] as [() async throws -> Void] {
        let text = try await outage(remove)
        #expect(text == "PostgreSQL did not give a lock in time: another transaction keeps it")
        let number = try await store.latestChange()
        #expect(try await store.claim(try claim("\(number)", expiresAt: later)))
        try await store.insertScope(try Example.scope("s\(number)"), audit: Example.event)
      }
      try await dump.run("COMMIT")
      try await store.makePeriods(from: later)
      try await store.removeClaims(expiredBefore: later)
      try await store.removeRevocations(expiredBefore: later)
      #expect(try await partitions(of: .claims, in: store) == ExpiryPeriods.claims.numbers(from: later))
      #expect(try await store.scopes().count == 3)
      await store.close()
    }
  }

  @Test("A schema of the step before is brought up to date with its revocations and their counts")
  func migration() async throws {
    try await withDatabase { database in
      try await database.run("\(Schema.table); INSERT INTO tessera_migrations VALUES (1, 1)")
      try await database.run(Migration.initial.sql)
      try await database.run(
        """
        INSERT INTO revocations (sequence, token, client_id, issued_at, expires_at)
        SELECT number, sha256(number::text::bytea)::bytea, CASE WHEN number % 3 > 0 THEN 'c' || number % 3 END, 0,
          \(now.milliseconds) + number * 3600000
        FROM generate_series(1, 100) AS number
        """
      )
      // Its tokens have the length that tokens have.
      try await database.run("UPDATE revocations SET token = substring(token FOR \(TokenID.byteCount))")
      let counts = "SELECT string_agg(client_id || count, ' ' ORDER BY client_id) FROM revocation_counts"
      let before = try await database.run(counts)
      #expect(before == "100 c134 c233")
      let store = try await database.store()
      #expect(try await database.run(counts) == before)
      let records = try await store.revocations(after: .min, limit: .max)
      #expect(records.map(\.sequence) == Array(1...100))
      #expect(try await rows(of: "revocations", in: database) == "rest:100")
      try await store.makePeriods(from: now)
      #expect(try await rows(of: "revocations", in: database).contains("rest") == false)
      #expect(try await store.revocations(after: .min, limit: .max) == records)
      #expect(try await database.run(counts) == before)
      #expect(try await store.revocation(of: records[41].token) == records[41])
      // As the version before forgets them.
      try await database.run(
        "DELETE FROM revocations WHERE sequence IN (SELECT sequence FROM revocations LIMIT 100)"
      )
      #expect(try await database.run(counts) == "0")
      await store.close()
    }
  }
}
