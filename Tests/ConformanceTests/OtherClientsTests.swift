import TesseraCore
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// One client among others: what it does as fast as it can.
@Suite(.everyTokenFormat, .timeLimit(.minutes(5))) struct OtherClientsTests {
  private func tokens(_ count: Int, of client: TestClient, _ server: TestServer) async throws -> [String] {
    var tokens: [String] = []
    for _ in 0..<count {
      tokens.append(try #require(try await server.send(client.tokenRequest()).member("accessToken")))
    }
    return tokens
  }

  private func isActive(_ token: String, _ world: TokenWorld) async throws -> Bool? {
    try await world.introspect(token).json["active"] as? Bool
  }

  @Test("O1 while revocations of one client wait, it is told to slow down, and others are not")
  func waiting() async throws {
    try await TokenWorld.run { world async throws in
      let (server, store) = (world.server, world.server.store)
      let other = try await server.makeClient()
      let flood = try await tokens(40, of: world.client, server)
      let token = try await tokens(1, of: other, server)[0]
      store.hold(.revocations)
      async let statuses = withThrowingTaskGroup { group in
        for token in flood { group.addTask { try await world.revoke(token) } }
        var statuses: [Int: Int] = [:]
        for try await response in group {
          statuses[response.status, default: 0] += 1
          if response.status == 429 {
            expect(
              response,
              refuses: RFC6749Error(status: 429, error: "slow_down", description: "Try again later")
            )
            #expect(response.header("retry-after") == "1")
          }
        }
        return statuses
      }
      try await wait { store.heldCount(of: .revocations) == 32 }
      // Of another client: a token, a revocation that waits its turn, and what its operators do.
      #expect(try await server.send(other.tokenRequest()).status == 200)
      async let revocation = world.revoke(token, by: other)
      try await wait { store.heldCount(of: .revocations) == 33 }
      _ = try await server.administration.createScope(
        "stock",
        description: "Stock",
        resource: TokenWorld.resource
      )
      store.release(.revocations)
      #expect(try await revocation.status == 200)
      #expect(try await statuses == [200: 32, 429: 8])
      #expect(try await isActive(token, world) == false)
    }
  }

  @Test("O2 a client that revokes without end is slowed down, and no other is")
  func rate() async throws {
    var options = TestServer.Options()
    options.revocationAllowance = RevocationAllowance.Settings(waiting: 32, burst: 3, perSecond: 2)
    try await TokenWorld.run(options) { world async throws in
      let flood = try await tokens(6, of: world.client, world.server)
      for token in flood[..<3] { #expect(try await world.revoke(token).status == 200) }
      #expect(try await world.revoke(flood[3]).status == 429)
      #expect(try await isActive(flood[3], world) == true)
      #expect(try await world.revoke(flood[0]).status == 200, "again, which costs nothing")
      let other = try await world.server.makeClient()
      let token = try await tokens(1, of: other, world.server)[0]
      #expect(try await world.revoke(token, by: other).status == 200)
      world.server.clocks.advance(milliseconds: 499)
      #expect(try await world.revoke(flood[3]).status == 429)
      world.server.clocks.advance(milliseconds: 1)
      #expect(try await world.revoke(flood[3]).status == 200)
      #expect(try await world.revoke(flood[4]).status == 429)
    }
  }

  @Test("O2 beyond the limit the not-before of the client takes over, and nobody else's tokens are touched")
  func takeover() async throws {
    var options = TestServer.Options()
    options.directory.revocationLimit = RevocationLimit(ofClient: 5, ofAll: 1000, least: 1)
    try await TokenWorld.run(options) { world async throws in
      let server = world.server
      let other = try await server.makeClient()
      let others = try await tokens(1, of: other, server)[0]
      let flood = try await tokens(8, of: world.client, server)
      for token in flood[..<5] { #expect(try await world.revoke(token).status == 200) }
      #expect(try await isActive(flood[6], world) == true)
      #expect(try await world.revoke(flood[5]).status == 200)
      for token in flood { #expect(try await isActive(token, world) == false) }
      #expect(try await isActive(others, world) == true)
      #expect(server.directory.revokedTokenCount == 0)
      #expect(try await server.store.revocations(after: 0, limit: 99).isEmpty)
      // A token that is inactive by that is nothing to revoke any more.
      let before = try await server.administration.auditRecords(limit: 999).elements
      #expect(try await world.revoke(flood[7]).status == 200)
      #expect(try await server.administration.auditRecords(limit: 999).elements == before)
      #expect(before.first?.event.action == .clientTokensRevoked)
      #expect(before.first?.event.actor == "client:\(world.client.id)")

      server.clocks.advance(milliseconds: 1)
      let next = try await tokens(1, of: world.client, server)[0]
      #expect(try await isActive(next, world) == true)
      let feed = try TestJWT(try await server.get("/oauth2/revocations").text)
      #expect((feed.claims["tokens"] as? [String: Int])?.isEmpty == true)
      #expect(feed.claims["clients"] as? [String: Double] == [world.client.id.rawValue: 1_691_671_317.644])
    }
  }

  @Test(
    "O2 an hour of revocations by one client leaves no more behind than its limit, on a node that follows too"
  )
  func followers() async throws {
    var options = TestServer.Options()
    options.directory.revocationLimit = RevocationLimit(ofClient: 5, ofAll: 1000, least: 1)
    try await TokenWorld.run(options) { world async throws in
      let server = world.server
      let other = try await Directory(
        store: server.store,
        masterKey: server.masterKey,
        settings: options.directory,
        clock: server.clocks.wall,
        monotonicClock: server.clocks.monotonic,
        logger: server.log.logger
      )
      for round in 0..<4 {
        server.clocks.advance(milliseconds: 5)
        for token in try await tokens(6, of: world.client, server) {
          #expect(try await world.revoke(token).status == 200)
          try await other.catchUp()
          #expect(server.directory.revokedTokenCount <= 5)
          #expect(other.revokedTokenCount <= 5)
        }
        #expect(try await server.store.revocations(after: 0, limit: 99).isEmpty, "\(round)")
      }
    }
  }

  @Test("O4 cursors that somebody makes up lead to pages that there are, signed once, for HEAD as for GET")
  func cursors() async throws {
    try await TokenWorld.run { world async throws in
      #expect(try await world.revoke(world.token).status == 200)
      let first = try await world.server.get("/oauth2/revocations")
      // Every signature differs, so the same bytes were signed once.
      for cursor in [1, 2, 3, 511, 512, 513, 8192, 1 << 40] {
        let answer = try await world.server.get("/oauth2/revocations?since=\(cursor)")
        #expect(answer.body == first.body, "\(cursor)")
      }
      var head = TestRequest()
      head.method = "HEAD"
      head.target = "/oauth2/revocations?since=77"
      head.headers = []
      let answer = try await world.server.send(head)
      #expect(answer.status == 200)
      #expect(answer.header("etag") == first.header("etag"))
      world.server.clocks.advance(milliseconds: 9_999)
      #expect(try await world.server.get("/oauth2/revocations").body == first.body)
      world.server.clocks.advance(milliseconds: 1)
      #expect(
        try await world.server.get("/oauth2/revocations").body != first.body,
        "verifiers refuse what is old"
      )
    }
  }
}
