import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// What nobody used for so many days, and how sure that is.
@Suite struct UnusedTests {
  private func unused(_ server: TestServer, days: Int = 90) async throws -> [Unused] {
    try await server.replica.recordUses()
    try await server.replica.recordSecretUses()
    try await server.replica.recordUsage()
    let scopes = try await server.administration.unusedScopes(days: days)
    return scopes + (try await server.administration.unusedClients(days: days, limit: 100).found)
  }

  private func pass(days: Int64, _ server: TestServer) async throws {
    server.clocks.advance(seconds: days * 86_400)
    try await server.replica.catchUp()
  }

  @Test func whatNobodyUsedIsListedAndNothingElse() async throws {
    try await TestServer.run { server in
      let (used, idle) = (try await server.makeClient(), try await server.makeClient())
      _ = try await server.administration.addSecret(
        to: used.id,
        named: try DisplayName("spare", of: .secretName)
      )
      try await server.replica.catchUp()
      #expect(try await server.send(used.tokenRequest()).status == 200)
      #expect(try await unused(server) == [], "all of it is young")
      try await pass(days: 91, server)
      #expect(try await server.send(used.tokenRequest(["scope": "item,event"])).status == 200)
      let young = try await server.makeClient()
      let found = try await unused(server)
      #expect(found.allSatisfy { $0.isCertain && $0.countedSince != nil })
      #expect(Set(found.filter { $0.kind == .scope }.compactMap(\.name)) == ["profile", "promotion"])
      #expect(found.filter { $0.kind == .client }.map(\.clientID) == [idle.id])
      #expect(found.filter { $0.kind == .secret }.map(\.clientID) == [used.id])
      #expect(found.first { $0.kind == .secret }?.name == "spare")
      #expect(found.allSatisfy { $0.lastUsedAt == nil })
      #expect(!found.contains { $0.clientID == young.id })
    }
  }

  @Test func theLastUseIsToldWhereItIsLongAgo() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let start = server.clocks.wall.now
      #expect(try await server.send(client.tokenRequest()).status == 200)
      #expect(try await unused(server) == [])
      try await pass(days: 100, server)
      let found = try await unused(server)
      #expect(found.first { $0.kind == .client }?.lastUsedAt == start)
      let item = found.first { $0.name == "item" }
      #expect(item?.lastUsedAt == UsageHour(of: start).start)
      #expect(item?.isCertain == true)
      #expect(try await unused(server, days: 120) == [], "it was used within 120 days")
    }
  }

  @Test func whereCountingBeganLaterItIsNotCertain() async throws {
    try await TestServer.run { server in
      let (client, idle) = (try await server.makeClient(), try await server.makeClient())
      try await pass(days: 91, server)
      var found = try await unused(server)
      #expect(found.map(\.kind).contains(.client))
      #expect(found.allSatisfy { !$0.isCertain && $0.countedSince == nil }, "nothing was counted at all")
      #expect(try await server.send(client.tokenRequest()).status == 200)
      found = try await unused(server)
      let since = UsageHour(of: server.clocks.wall.now).start
      #expect(found.contains { $0.clientID == idle.id })
      #expect(found.allSatisfy { !$0.isCertain && $0.countedSince == since })
    }
  }

  @Test func anAPIThatOnlyIntrospectsIsInUse() async throws {
    try await TestServer.run { server in
      let api = try await server.makeClient { $0.introspectedResources = ["https://api.ants.tech"] }
      try await pass(days: 91, server)
      let request = TestRequest(form: [("token", "x")]).at("/oauth2/introspect")
        .basic(api.id.rawValue, api.secret)
      #expect(try await server.send(request).status == 200)
      #expect(try await !unused(server).contains { $0.clientID == api.id })
    }
  }

  @Test(arguments: [0, -1, 3661]) func daysHaveBounds(days: Int) async throws {
    try await TestServer.run { server in
      _ = await #expect(throws: AdministrationError.self) {
        _ = try await server.administration.unusedScopes(days: days)
      }
    }
  }
}
