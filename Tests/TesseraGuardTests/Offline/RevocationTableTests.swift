import Testing

@testable import TesseraCore
@testable import TesseraGuard

/// The table compared with one that is obviously right.
@Suite struct RevocationTableTests {
  private static let ids = (0..<40).compactMap { TokenID(bytes: [UInt8](repeating: UInt8($0), count: 12)) }

  private func token(_ id: TokenID) throws -> VerifiedToken {
    VerifiedToken(
      content: AccessToken(clientID: "app", scopes: []),
      key: JWK(material: .ed25519(x: []), keyID: nil, algorithm: nil),
      id: id,
      issuedAt: Timestamp(milliseconds: 0),
      expiresAt: .distantFuture,
      notBefore: nil
    )
  }

  private func batch(_ tokens: [(id: TokenID, expiresAt: Timestamp)]) throws -> RevocationBatch {
    let entries = tokens.map { #""\#($0.id)":\#(Double($0.expiresAt.milliseconds) / 1000)"# }.joined(
      separator: ","
    )
    let text = #"{"iss":"i","iat":0,"since":0,"cursor":0,"more":false,"tokens":{\#(entries)},"clients":{}}"#
    let claims = try #require(JSON(text.utf8)?.members)
    var batch = RevocationBatch(since: 0)
    #expect(batch.add(try #require(RevocationNews(claims, of: "i"))))
    return batch
  }

  @Test func itForgetsTokensThatHaveEndedAndNoOthers() throws {
    var table = RevocationTable()
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
          at: Timestamp(milliseconds: now)
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
    #expect(table.take(try batch(Array(ids[..<5])), limit: 5, at: now))
    #expect(table.take(try batch(Array(ids[..<5])), limit: 5, at: now), "the same again")
    #expect(!table.take(try batch(Array(ids[4..<6])), limit: 5, at: now))
    #expect(table.count == 5)
    #expect(!table.isRevoked(try token(ids[5].id)))
    #expect(table.isRevoked(try token(ids[4].id)))
  }
}
