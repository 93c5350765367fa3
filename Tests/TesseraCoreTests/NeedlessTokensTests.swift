import TesseraCore
import TesseraTestSupport
import Testing

/// Who fetches a token for each call, and who keeps it.
@Suite struct NeedlessTokensTests {
  private func needless(
    issued: Int64,
    hours: Int = 1,
    scopes: Int = 1,
    lifetime: Int = 3600,
    all: Int64 = 0
  ) throws -> NeedlessTokens? {
    var counts = UsageCounts()
    counts.issued = issued
    for scope in 0..<scopes { counts.scopes["scope-\(scope)"] = issued }
    let id = try #require(ClientID("a"))
    return NeedlessTokens(
      of: UsageTotal(clientID: id, counts: counts, activeHours: hours),
      lifetime: lifetime,
      all: all
    )
  }

  /// Ten processes, of which each renews before the end, need 20 tokens an hour for one scope of an hour's lifetime.
  @Test(
    arguments: [
      (40, 1, 1, 3600, nil), (41, 1, 1, 3600, 21), (1000, 1, 1, 3600, 980), (1000, 24, 1, 3600, 520),
      (960, 24, 1, 3600, nil), (1000, 1, 4, 3600, 920), (160, 1, 4, 3600, nil), (2000, 1, 1, 60, 1390),
      (1220, 1, 1, 60, nil), (100, 1, 1, 86_400, 80), (0, 0, 0, 3600, nil), (5000, 1, 1, 10, nil),
    ] as [(Int64, Int, Int, Int, Int64?)]
  )
  func whoTakesFarMoreThanIsNeededIsNamed(
    issued: Int64,
    hours: Int,
    scopes: Int,
    lifetime: Int,
    count: Int64?
  ) throws {
    let found = try needless(issued: issued, hours: hours, scopes: scopes, lifetime: lifetime)
    #expect(found?.count == count)
  }

  @Test func whatItCostsAndWhatToDoIsSaid() throws {
    let found = try #require(try needless(issued: 1000, all: 2000))
    #expect(found.percentage == 49)
    #expect(
      found.advice
        == "keep each token until it expires: 980 of 1000 tokens were needless, 49 % of all that were issued"
    )
  }

  @Test func theServerTellsWhoItIs() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let thrifty = try await server.makeClient()
      for _ in 0..<100 { #expect(try await server.send(client.tokenRequest()).status == 200) }
      for _ in 0..<20 { #expect(try await server.send(thrifty.tokenRequest()).status == 200) }
      try await server.replica.recordUsage()
      let administration = server.administration
      let found = try await administration.lastDay(of: administration.client(client.id.rawValue))
      #expect(found.total.counts.issued == 100 && found.needless?.count == 80)
      #expect(found.needless?.percentage == 66)
      let other = try await administration.lastDay(of: administration.client(thrifty.id.rawValue))
      #expect(other.total.counts.issued == 20 && other.needless == nil)
      var all = try await administration.needlessTokensOfAll()
      #expect(all.clients == 1 && all.tokens == 80)
      server.clocks.advance(seconds: 86_400)
      all = try await administration.needlessTokensOfAll()
      #expect(all.clients == 0 && all.tokens == 0, "that was the day before")
    }
  }
}
