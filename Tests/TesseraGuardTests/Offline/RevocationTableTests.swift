import TesseraJOSE
import Testing

@testable import TesseraCore
@testable import TesseraGuard

/// The table compared with one that is obviously right.
@Suite struct RevocationTableTests {
  private static let ids = (0..<40).compactMap { TokenID(bytes: [UInt8](repeating: UInt8($0), count: 12)) }

  private func token(_ id: TokenID, of client: String = "app", issuedAt: Int64 = 0) throws -> SignedToken {
    SignedToken(
      content: VerifiedAccessToken(clientID: client, scopes: []),
      key: JWK(material: .ed25519(x: []), keyID: nil, algorithm: nil),
      id: id,
      issuedAt: Timestamp(milliseconds: issuedAt),
      expiresAt: .distantFuture,
      notBefore: nil
    )
  }

  private func batch(
    _ tokens: [(id: TokenID, expiresAt: Timestamp)],
    owners: [String: [TokenID]] = [:],
    madeAt: Int = 0
  ) throws -> RevocationBatch {
    let owners = owners.map { #""\#($0)":[\#($1.map { "\"\($0)\"" }.joined(separator: ","))]"# }.joined(
      separator: ","
    )
    let entries = tokens.map { #""\#($0.id)":\#(Double($0.expiresAt.milliseconds) / 1000)"# }.joined(
      separator: ","
    )
    let text =
      #"{"iss":"i","iat":\#(madeAt),"since":0,"cursor":0,"more":false,"tokens":{\#(entries)},"clients":{},"#
      + #""owners":{\#(owners)}}"#
    let claims = try #require(JSON(text.utf8)?.members)
    var batch = RevocationBatch(since: 0)
    #expect(batch.add(try #require(RevocationNews(claims, of: "i"))))
    return batch
  }

  @Test func itForgetsTokensThatHaveEndedAndNoOthers() throws {
    var table = RevocationTable(grace: 60_000)
    var ends: [TokenID: Int64] = [:]
    var state: UInt64 = 42
    for step in 0..<3000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let now = Int64(step) * 7000
      let id = Self.ids[Int(state >> 33) % Self.ids.count]
      let end = now + Int64(state >> 40 & 0xFFFFF)
      #expect(
        table.take(
          try batch([(id, Timestamp(milliseconds: end))]),
          limit: 40,
          at: Timestamp(milliseconds: now),
          forgetting: Timestamp(milliseconds: now)
        )
      )
      ends[id] = max(ends[id] ?? 0, end)
      for id in Self.ids {
        let isRevoked = table.isRevoked(try token(id))
        guard let end = ends[id] else { continue }
        if now < end + 60_000 { #expect(isRevoked) }
        if now > end + 130_000 { #expect(!isRevoked) }
      }
    }
  }

  @Test func aBatchThatDoesNotFitChangesNothing() throws {
    var table = RevocationTable()
    let now = Timestamp(milliseconds: 0)
    let ids = Self.ids.map { (id: $0, expiresAt: Timestamp(milliseconds: 3_600_000)) }
    #expect(table.take(try batch(Array(ids[..<5])), limit: 5, at: now, forgetting: now))
    #expect(table.take(try batch(Array(ids[..<5])), limit: 5, at: now, forgetting: now), "the same again")
    #expect(!table.take(try batch(Array(ids[4..<6])), limit: 5, at: now, forgetting: now))
    #expect(table.count == 5)
    #expect(!table.isRevoked(try token(ids[5].id)))
    #expect(table.isRevoked(try token(ids[4].id)))
  }

  @Test("P a clock that was set forward and back makes no revoked token valid again")
  func clockSetForwardAndBack() throws {
    let settings = AccessTokenVerifier.Settings()
    let id = Self.ids[0]
    for days: Int64 in [1, 3650] {
      var state = RevocationState(settings: settings)
      let end = Timestamp(milliseconds: 3_600_000)
      let isTaken = state.succeeded(try batch([(id, end)]), askedAt: .zero, at: Timestamp(milliseconds: 0))
      #expect(isTaken)
      let fast = Timestamp(milliseconds: days * 86_400_000)
      for second in 1...3600 as ClosedRange<Int64> {
        let answer = RevocationBatch(since: state.cursor)
        let isTaken = state.succeeded(answer, askedAt: .seconds(second), at: fast)
        #expect(isTaken)
      }
      let verdict = state.verdict(on: try token(id), at: .seconds(3600))
      #expect(verdict == .revoked, "\(days) days")
    }
  }

  @Test("P what has ended is forgotten a day later, and not before")
  func graceOfADay() throws {
    var table = RevocationTable()
    let (id, day) = (Self.ids[0], Int64(86_400_000))
    let start = Timestamp(milliseconds: 0)
    #expect(table.take(try batch([(id, start)]), limit: 9, at: start, forgetting: start))
    for (time, count) in [(day, 1), (day + 59_999, 1), (day + 60_000, 0)] {
      let now = Timestamp(milliseconds: time)
      let isTaken = table.take(RevocationBatch(since: 0), limit: 9, at: now, forgetting: now)
      #expect(isTaken)
      #expect(table.count == count, "\(time)")
    }
  }

  @Test("O2 when there is no room, the client that has most is refused, and nobody else")
  func whoHasMostGivesWay() throws {
    var table = RevocationTable()
    let now = Timestamp(milliseconds: 1_000_000)
    let ids = Self.ids.map { (id: $0, expiresAt: Timestamp(milliseconds: 3_600_000)) }
    let owners = ["flooder": ids[..<6].map(\.id), "app": ids[6..<8].map(\.id)]
    let first = try batch(Array(ids[..<8]), owners: owners, madeAt: 1000)
    var isTaken = table.take(first, limit: 8, at: now, forgetting: now)
    #expect(isTaken && table.count == 8)
    let another = ["flooder": [ids[8].id], "other": [ids[9].id]]
    let news = try batch(Array(ids[8..<10]), owners: another, madeAt: 1000)
    isTaken = table.take(news, limit: 8, at: now, forgetting: now)
    #expect(isTaken)
    #expect(table.count == 4, "two of the app, one of the other, and the flooder itself")
    for index in 0..<9 where !(6..<8).contains(index) {
      #expect(table.isRevoked(try token(ids[index].id, of: "flooder", issuedAt: 1_000_000)))
    }
    for index in [6, 7, 9] { #expect(table.isRevoked(try token(ids[index].id))) }
    // All of the flooder until a minute after, as the clocks of the service's nodes may differ; of others none.
    #expect(table.isRevoked(try token(ids[20].id, of: "flooder", issuedAt: 1_059_999)))
    #expect(!table.isRevoked(try token(ids[20].id, of: "flooder", issuedAt: 1_060_000)))
    #expect(!table.isRevoked(try token(ids[20].id, of: "app", issuedAt: 0)))
    // It is over once the tokens that were revoked have ended, and a day.
    let later = Timestamp(milliseconds: 3_600_000 + 86_400_000 + 120_000)
    isTaken = table.take(RevocationBatch(since: 0), limit: 8, at: later, forgetting: later)
    #expect(isTaken)
    #expect(!table.isRevoked(try token(ids[20].id, of: "flooder", issuedAt: 0)))
    #expect(table.count == 0)
  }

  @Test("O2 an answer that alone has no room is made to fit while it is read")
  func batchMakesRoom() throws {
    let now = Timestamp(milliseconds: 0)
    let ids = Self.ids.map { (id: $0, expiresAt: Timestamp(milliseconds: 3_600_000)) }
    var owned = try batch(ids, owners: ["flooder": ids[..<30].map(\.id), "app": ids[30...].map(\.id)])
    var hasRoom = owned.makeRoom(40, at: now)
    #expect(hasRoom && owned.count == 40)
    hasRoom = owned.makeRoom(39, at: now)
    #expect(hasRoom && owned.count == 11)
    #expect(Array(owned.crowded.keys) == ["flooder"])
    var unknown = try batch(ids)
    hasRoom = unknown.makeRoom(39, at: now)
    #expect(!hasRoom, "nobody knows whose they are")
  }
}
