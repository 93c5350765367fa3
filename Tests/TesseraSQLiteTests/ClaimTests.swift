import GRDB
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraSQLite

@Suite("Claims in tables of their periods", .timeLimit(.minutes(5)))
struct ClaimTests {
  private let now = Timestamp(milliseconds: 1_700_000_000_000)

  private func claim(_ identifier: String, expiresAt: Timestamp) throws -> SingleUseClaim {
    SingleUseClaim(
      .clientAssertion,
      of: identifier,
      from: "client",
      for: try #require(ClientID("client")),
      expiresAt: expiresAt
    )
  }

  private func rows(in store: SQLiteStore, _ table: String) async throws -> Int? {
    try await store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM '\(table)'") }
  }

  @Test("A period has a table, which has what was claimed before it was made and goes as a whole")
  func tables() async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path)
      let number = ExpiryPeriods.claims.number(at: now)
      let far = now.advanced(bySeconds: 3 * 86_400)
      #expect(try await store.claim(try claim("early", expiresAt: now)))
      #expect(try await store.claim(try claim("far", expiresAt: far)))
      #expect(try await rows(in: store, "claims_rest") == 2)
      try await store.makePeriods(from: now)
      #expect(try await store.claim(try claim("late", expiresAt: now)))
      #expect(try await rows(in: store, "claims_\(number)") == 2)
      #expect(try await rows(in: store, "claims_rest") == 1)
      #expect(try await rows(in: store, "claims") == 3)
      try await store.makePeriods(from: now.advanced(bySeconds: 86_400))
      #expect(try await rows(in: store, "claims_\(ExpiryPeriods.claims.number(at: far))") == 1)
      #expect(try await store.claim(try claim("far", expiresAt: now)) == false)
      try await store.removeClaims(expiredBefore: now.advanced(byMilliseconds: ExpiryPeriods.claims.length))
      #expect(try await store.pool.read { try $0.tableExists("claims_\(number)") } == false)
      #expect(try await rows(in: store, "claims") == 1)
      await store.close()
    }
  }

  @Test("A process that knows nothing of new tables finds what another has put there")
  func otherProcess() async throws {
    try await withDatabasePath { path in
      let stores = [try await SQLiteStore.open(path: path), try await SQLiteStore.open(path: path)]
      for (index, store) in (stores + stores).enumerated() {
        let day = now.advanced(bySeconds: Int64(index) * 86_400)
        try await store.makePeriods(from: day)
        #expect(try await store.claim(try claim("\(index)", expiresAt: day)))
        for store in stores { #expect(try await store.claim(try claim("\(index)", expiresAt: day)) == false) }
        try await store.removeClaims(expiredBefore: day)
      }
      for store in stores { await store.close() }
    }
  }

  @Test("Where another process has dropped the table of a period, its claims count once all the same")
  func droppedTable() async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path)
      let other = try await SQLiteStore.open(path: path)
      try await store.makePeriods(from: now)
      #expect(try await store.claim(try claim("before", expiresAt: now)))
      #expect(try await rows(in: store, "claims_rest") == 0)
      try await other.removeClaims(expiredBefore: now.advanced(byMilliseconds: ExpiryPeriods.claims.length))
      #expect(try await store.claim(try claim("after", expiresAt: now)))
      #expect(try await store.claim(try claim("after", expiresAt: now)) == false)
      #expect(try await rows(in: store, "claims_rest") == 1)
      #expect(try await other.claim(try claim("after", expiresAt: now)) == false)
      for store in [store, other] { await store.close() }
    }
  }

  @Test("Of one client only so many claims wait, and others are not refused for it")
  func limit() async throws {
    try await withDatabasePath { path in
      let store = try await SQLiteStore.open(path: path, busyTimeout: 300)
      let lock = try DatabaseLock(path: path)
      async let flood = withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<SingleUseClaim.mostWaiting {
          group.addTask { try await store.claim(try claim("\(number)", expiresAt: now)) }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      try await wait { store.queue.count == SingleUseClaim.mostWaiting }
      await #expect(throws: StoreError.tooMuchWaits) {
        _ = try await store.claim(try claim("more", expiresAt: now))
      }
      async let other: Void = store.insertClient(try Example.client("a"), audit: Example.event)
      try await wait { store.queue.count == SingleUseClaim.mostWaiting + 1 }
      try lock.release()
      #expect(try await flood == SingleUseClaim.mostWaiting)
      try await other
      #expect(try await store.claim(try claim("more", expiresAt: now)))
      await store.close()
    }
  }
}
