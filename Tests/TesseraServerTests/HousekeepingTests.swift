import Logging
import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// What is removed when, and what never is.
@Suite struct HousekeepingTests {
  private static let day: Int64 = 86_400
  private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// A store that was opened at the beginning of time, and clocks that stand still until they are moved.
  private final class Fixture: Sendable {
    let data: DataDirectory
    let replica: Replica
    private let clock: Clock
    private let folder: TemporaryFolder

    /// Seconds since the beginning.
    final class Clock: Sendable {
      let passed = Atomic<Int64>(0)
      let shift = Atomic<Int64>(0)

      var wall: WallClock {
        WallClock {
          Timestamp(milliseconds: 1_700_000_000_000)
            .advanced(
              bySeconds: self.passed.load(ordering: .relaxed) + self.shift.load(ordering: .relaxed)
            )
        }
      }
    }

    init() async throws {
      folder = try TemporaryFolder()
      let clock = Clock()
      self.clock = clock
      data = try await DataDirectory.open(folder.path + "/data", whenAbsent: .initialises, actor: "test")
      // The audit log begins now by the machine's clock, which is later than ours.
      replica = try await Replica(
        store: data.store,
        masterKey: data.masterKey,
        clock: clock.wall,
        monotonicClock: MonotonicClock { clock.passed.load(ordering: .relaxed) * 1000 },
        logger: HousekeepingTests.logger
      )
    }

    var now: Timestamp { clock.wall.now }

    func pass(days: Int64) { clock.passed.add(days * HousekeepingTests.day, ordering: .relaxed) }
    func setClock(days: Int64) { clock.shift.add(days * HousekeepingTests.day, ordering: .relaxed) }

    func tidy(_ audit: AuditRetention = AuditRetention(), usageDays: Int = 400) async {
      await service(audit, usageDays: usageDays).tidy()
    }

    func service(
      _ audit: AuditRetention = AuditRetention(),
      usageDays: Int = 400,
      holder: String = "test"
    ) -> HousekeepingService {
      HousekeepingService(
        replica: replica,
        store: data.store,
        audit: audit,
        usageDays: usageDays,
        auditLog: AuditLog(store: data.store, masterKeys: data.masterKeys),
        holder: holder,
        logger: HousekeepingTests.logger
      )
    }

    func revoke(_ number: UInt8) async throws {
      let revocation = Revocation(
        token: try #require(TokenID(bytes: [UInt8](repeating: number, count: TokenID.byteCount))),
        clientID: try #require(ClientID("client")),
        issuedAt: now,
        expiresAt: now.advanced(bySeconds: 3600)
      )
      try await replica.revoke(
        revocation,
        audit: AuditEvent(time: now, actor: "client:client", action: .tokenRevoked, subject: "\(number)")
      )
    }

    func addScope(_ name: String) async throws {
      try await data.store.insertScope(
        ScopeDefinition(
          scope: try #require(Scope(name)),
          description: name,
          resource: try #require(Resource("https://api.ants.tech")),
          createdAt: now
        ),
        audit: AuditEvent(time: now, actor: "test", action: .scopeCreated, subject: name)
      )
    }

    func subjects() async throws -> [String] {
      try await data.store.auditRecords(before: nil, subject: nil, limit: .max).map(\.event.subject)
    }

    func revocationCount() async throws -> Int {
      try await data.store.revocations(after: .min, limit: .max).count
    }
  }

  @Test("Of the nodes that ask at once whose turn it is, one tidies up, and none right after it")
  func turns() async throws {
    let fixture = try await Fixture()
    let answers = await withTaskGroup(of: Bool.self) { group in
      for node in 0..<5 { group.addTask { await fixture.service(holder: "node \(node)").isOurTurn() } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers.count { $0 } == 1)
    #expect(await !fixture.service(holder: "late").isOurTurn())
    // Whoever had the turn may be dead: nobody gives it back, and it is free once the interval is over.
    try await wait {
      try await fixture.data.store.takeTurn(at: "housekeeping", every: 1, as: "next")
    }
    await fixture.data.store.close()
    #expect(await !fixture.service().isOurTurn(), "a store that does not answer gives no turn")
  }

  @Test("P housekeeping forgets no revocation that counts, though the clock was set ten years ahead")
  func clock() async throws {
    let fixture = try await Fixture()
    try await fixture.revoke(1)
    fixture.setClock(days: 3650)
    await fixture.tidy()
    #expect(try await fixture.revocationCount() == 1)
    fixture.setClock(days: -3650)
    await fixture.tidy()
    #expect(try await fixture.revocationCount() == 1)
    fixture.pass(days: 1)
    await fixture.tidy()
    #expect(try await fixture.revocationCount() == 1, "it has expired, but a clock may be wrong")
    fixture.pass(days: 1)
    await fixture.tidy()
    #expect(try await fixture.revocationCount() == 0)
    #expect(fixture.replica.revokedTokenCount == 0)
    await fixture.data.store.close()
  }

  @Test("O2 the audit log is kept for as long as is set, and that single tokens were revoked for less")
  func audit() async throws {
    let fixture = try await Fixture()
    try await fixture.revoke(1)
    try await fixture.addScope("old")
    fixture.pass(days: 30)
    await fixture.tidy()
    #expect(try await fixture.subjects().contains("1"))
    fixture.pass(days: 1)
    await fixture.tidy()
    #expect(try await !fixture.subjects().contains("1"))
    try await fixture.addScope("new")
    fixture.pass(days: 400 - 31)
    await fixture.tidy()
    #expect(try await fixture.subjects().contains("old"))
    fixture.pass(days: 1)
    await fixture.tidy()
    #expect(try await !fixture.subjects().contains("old"))
    #expect(try await fixture.subjects().contains("new"))
    await fixture.data.store.close()
  }

  @Test("O2 where 0 is set, the audit log is kept for ever")
  func forEver() async throws {
    let fixture = try await Fixture()
    try await fixture.revoke(1)
    try await fixture.addScope("old")
    fixture.pass(days: 36_500)
    await fixture.tidy(AuditRetention(days: 0, revocationDays: 0))
    #expect(try await fixture.subjects().contains("1"))
    #expect(try await fixture.subjects().contains("old"))
    await fixture.tidy(AuditRetention(days: 36_499, revocationDays: 0))
    #expect(try await !fixture.subjects().contains("1"))
    await fixture.data.store.close()
  }

  @Test func usageIsKeptForAsLongAsIsSetAndGoesByDays() async throws {
    let fixture = try await Fixture()
    let first = UsageHour(of: fixture.now)
    var counts = UsageCounts()
    counts.issued = 1
    func hours() async throws -> [UsageHour] {
      let all = first.advanced(by: -100)..<first.advanced(by: 100)
      return try await fixture.data.store.usage(of: nil, in: all).map(\.hour)
    }
    let last = first.startOfDay.advanced(by: 47)
    for hour in [first, first.startOfDay.advanced(by: 24), last] {
      try await fixture.data.store.addUsage([ClientUsage(clientID: nil, hour: hour, counts: counts)])
    }
    fixture.pass(days: 400)
    await fixture.tidy()
    #expect(try await hours().count == 3, "of the day that ends the time everything is kept")
    fixture.pass(days: 1)
    await fixture.tidy(usageDays: 0)
    #expect(try await hours().count == 3, "0 is for ever")
    await fixture.tidy()
    #expect(try await hours() == [first.startOfDay.advanced(by: 24), last])
    fixture.pass(days: 1)
    await fixture.tidy()
    #expect(try await hours() == [])
    await fixture.data.store.close()
  }

  @Test("O2 much that is old is removed a little at a time, to the end")
  func steps() async throws {
    let fixture = try await Fixture()
    // Those of the start are as new as the machine's clock says.
    let count = try await fixture.data.store.changes(after: 0, limit: .max).count
    try await withThrowingTaskGroup { group in
      for number in 0..<1001 { group.addTask { try await fixture.addScope("scope-\(number)") } }
      try await group.waitForAll()
    }
    fixture.pass(days: 401)
    try await fixture.addScope("last")
    await fixture.tidy()
    #expect(try await fixture.subjects().filter { $0.hasPrefix("scope-") }.isEmpty)
    #expect(try await fixture.data.store.changes(after: 0, limit: .max).count == count + 1)
    await fixture.data.store.close()
  }
}
