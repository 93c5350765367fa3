import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// What APIs that verify offline hear of revocations.
@Suite struct RevocationFeedTests {
  private func feed(_ server: TestServer, since cursor: Int? = nil) async throws -> TestJWT {
    let response = try await server.get("/oauth2/revocations" + (cursor.map { "?since=\($0)" } ?? ""))
    #expect(response.status == 200)
    #expect(response.header("content-type") == "application/jwt")
    return try TestJWT(response.text)
  }

  private func world(_ body: (TokenWorld) async throws -> Void) async throws {
    try await TokenFormat.$current.withValue(.jwt) { try await TokenWorld.run { try await body($0) } }
  }

  @Test("R12 a revoked JWT introspects as inactive and is in the revocation feed, signed")
  func revokedToken() async throws {
    try await world { world async throws in
      #expect((try await feed(world.server).claims["tokens"] as? [String: Int])?.isEmpty == true)
      #expect(try await world.revoke(world.token).status == 200)
      #expect(try await world.introspect(world.token).text == TokenWorld.inactive)
      let document = try await feed(world.server)
      let token = try TestJWT(world.token)
      let jti = try #require(token.text("jti"))
      #expect(document.claims["tokens"] as? [String: Int] == [jti: try #require(token.number("exp"))])
      #expect(document.text("iss") == TestServer.issuer)
      #expect(document.header["typ"] as? String == "revocations+jwt")
      #expect(document.header["kid"] as? String == token.header["kid"] as? String)
      #expect(document.number("iat") == 1_691_671_317)
    }
  }

  @Test("R12 the feed goes on from a cursor, on every node alike, and nothing is missed")
  func cursor() async throws {
    try await world { world async throws in
      let server = world.server
      var cursor = try #require(try await feed(server).number("cursor"))
      for count in 1...5 {
        let token = try #require(try await server.send(world.client.tokenRequest()).accessToken)
        #expect(try await world.revoke(token).status == 200)
        // Before the feed of changes was read, and after. What is on the same page is told again.
        for _ in 0..<2 {
          let document = try await feed(server, since: cursor)
          let revoked = try #require(document.claims["tokens"] as? [String: Int])
          #expect(revoked.count == count)
          #expect(revoked[try #require(try TestJWT(token).text("jti"))] != nil)
          try await server.directory.catchUp()
        }
        cursor = try #require(try await feed(server, since: cursor).number("cursor"))
      }
      // A node that starts now tells the same.
      let other = try await Directory(
        store: server.store,
        masterKey: server.masterKey,
        clock: server.clocks.wall,
        monotonicClock: server.clocks.monotonic,
        logger: server.log.logger
      )
      #expect(other.revokedTokenCount == 5)
      let again = RevocationFeedEndpoint(
        directory: other,
        issuer: TestServer.issuer,
        trustedPeers: nil,
        clock: server.clocks.wall,
        errors: StandardErrors(documentation: nil)
      )
      for query in ["since=\(cursor)", "since=0", "since=1099511627776"] {
        let request = EndpointRequest(
          method: "GET",
          path: "/oauth2/revocations",
          query: query,
          headers: RequestHeaders([]),
          body: [],
          origin: RequestOrigin(peer: try #require(SourceAddress("127.0.0.1")), over: .plain)
        )
        let response = await again.answer(request).response
        let document = try TestJWT(String(decoding: response.body, as: UTF8.self))
        #expect((document.claims["tokens"] as? [String: Int])?.count == 5, "\(query)")
      }
    }
  }

  @Test("R12 a token is in the feed once, with its client, also when it is revoked by two at once")
  func once() async throws {
    try await world { world async throws in
      let token = try #require(
        try world.server.openToken(world.token)
      )
      let event = AuditEvent(time: token.grant.issuedAt, actor: "test", action: .tokenRevoked, subject: "x")
      for _ in 0..<2 {
        try await world.server.directory.revoke(Revocation(of: token), audit: event)
        try await world.server.directory.catchUp()
      }
      let document = try await feed(world.server)
      #expect((document.claims["tokens"] as? [String: Int])?.count == 1)
      #expect(
        document.claims["owners"] as? [String: [String]] == [world.client.id.rawValue: [token.id.description]]
      )
      let text = try await world.server.get("/oauth2/revocations").text
      let claims = try #require(text.split(separator: ".").dropFirst().first)
      #expect(JSON(Base64URL.decode(claims.utf8) ?? []) != nil, "no member is repeated")
    }
  }

  @Test("R12 clients whose tokens are inactive are in the feed: revoked, disabled, enabled, deleted")
  func clients() async throws {
    try await world { world async throws in
      let (server, id) = (world.server, world.client.id.rawValue)
      func notBefore() async throws -> Double? {
        try await server.directory.catchUp()
        return (try await feed(server).claims["clients"] as? [String: Double])?[id]
      }
      #expect(try await notBefore() == nil)
      try await server.administration.revokeTokens(of: world.client.id)
      #expect(try await notBefore() == 1_691_671_317.644)
      try await server.administration.setClient(world.client.id, enabled: false)
      #expect(try await notBefore() == 253_402_300_799.999)
      try await server.administration.setClient(world.client.id, enabled: true)
      #expect(try await notBefore() == 1_691_671_317.644)
      server.clocks.advance(seconds: 10)
      try await server.administration.setClient(world.client.id, enabled: false, keepingTokens: true)
      #expect(try await notBefore() == 253_402_300_799.999)
      try await server.administration.setClient(world.client.id, enabled: true)
      #expect(try await notBefore() == 1_691_671_317.644)
      try await server.administration.setClient(world.client.id, enabled: false)
      try await server.administration.setClient(world.client.id, enabled: true)
      #expect(try await notBefore() == 1_691_671_327.644)
      try await server.administration.retireScope("event", revokingTokens: true)
      server.clocks.advance(seconds: 10)
      try await server.administration.retireScope("item", revokingTokens: true)
      #expect(try await notBefore() == 1_691_671_337.644)
      try await server.administration.deleteClient(try await server.administration.client(id))
      #expect(try await notBefore() == 253_402_300_799.999)
    }
  }

  @Test("R12 the server's not-before is in the feed")
  func server() async throws {
    try await world { world async throws in
      #expect(try await feed(world.server).claims["not_before"] == nil)
      try await world.server.administration.revokeAllTokens()
      try await world.server.directory.catchUp()
      #expect(try await feed(world.server).claims["not_before"] as? Double == 1_691_671_317.644)
    }
  }

  @Test("R12 what concerns only tokens that have expired leaves the feed, a day later lest a clock is wrong")
  func expiry() async throws {
    try await world { world async throws in
      let day: Int64 = 86_400
      #expect(try await world.revoke(world.token).status == 200)
      try await world.server.administration.setClient(world.client.id, enabled: false)
      try await world.server.directory.catchUp()
      func counts() async throws -> [Int?] {
        world.server.directory.forgetExpiredRevocations()
        try await world.server.directory.catchUp()
        let document = try await feed(world.server)
        return [
          (document.claims["tokens"] as? [String: Int])?.count,
          (document.claims["clients"] as? [String: Double])?.count,
        ]
      }
      // The token lives for an hour from the second that it was issued in, and another of the client could live for a
      // day.
      world.server.clocks.advance(milliseconds: (3600 + day) * 1000 - 644)
      #expect(try await counts() == [1, 1])
      world.server.clocks.advance(milliseconds: 1)
      #expect(try await counts() == [0, 1])
      world.server.clocks.advance(milliseconds: (day - 3600) * 1000 + 642)
      #expect(try await counts() == [0, 1])
      world.server.clocks.advance(milliseconds: 1)
      #expect(try await counts() == [0, 0])
    }
  }

  @Test("P a cursor that is none is refused, and the feed can be bound to peers")
  func refusals() async throws {
    try await TestServer.run { server async throws in
      for cursor in ["-1", "x", "1.5", "99999999999999999999", "%00"] {
        #expect(try await server.get("/oauth2/revocations?since=\(cursor)").status == 400, "\(cursor)")
      }
      #expect(try await server.get("/oauth2/revocations?since=").status == 200)
    }
    var options = TestServer.Options()
    options.revocationFeedPeers = [try #require(AddressRange("192.0.2.1"))]
    try await TestServer.run(options) { server async throws in
      #expect(try await server.get("/oauth2/revocations").status == 404)
    }
  }
}
