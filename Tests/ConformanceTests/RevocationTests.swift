import TesseraCore
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// Token revocation (RFC 7009).
@Suite(.everyTokenFormat) struct RevocationTests {
  @Test("R1 a POSTed form is answered, other methods get 405")
  func methods() async throws {
    try await TokenWorld.run { world async throws in
      var request = world.request("/oauth2/revoke", by: world.client, [("token", world.token)])
      request.method = "GET"
      #expect(try await world.server.send(request).status == 405)
      #expect(try await world.introspect(world.token).json["active"] as? Bool == true)
      #expect(try await world.revoke(world.token).status == 200)
    }
  }

  @Test("R2 the client has to authenticate")
  func authentication() async throws {
    try await TokenWorld.run { world async throws in
      var anonymous = TestRequest(form: [("token", world.token)])
      anonymous.target = "/oauth2/revoke"
      expect(try await world.server.send(anonymous), refuses: RFC6749Error.missingCredentials)
      let wrong = TestClient(id: world.client.id, secret: "wrong-secret")
      expect(try await world.revoke(world.token, by: wrong), refuses: RFC6749Error.failed)
      expect(
        try await world.server.send(anonymous.basic(world.client.id.rawValue, "wrong-secret")),
        refuses: RFC6749Error.failed
      )
      #expect(try await world.introspect(world.token).json["active"] as? Bool == true)
    }
  }

  @Test("R3 a missing, empty or repeated token is refused")
  func missingToken() async throws {
    try await TokenWorld.run { world async throws in
      for form in [[], [("token", "")]] {
        let request = world.request("/oauth2/revoke", by: world.client, form)
        expect(try await world.server.send(request), refuses: RFC6749Error.missingToken)
      }
      let twice = world.request("/oauth2/revoke", by: world.client, [("token", "a"), ("token", "a")])
      #expect(try await world.server.send(twice).status == 400)
    }
  }

  @Test("R4 success is 200")
  func success() async throws {
    try await TokenWorld.run { world async throws in
      let response = try await world.revoke(world.token)
      #expect(response.status == 200)
      #expect(response.header("cache-control") == "no-store")
    }
  }

  @Test("R5 unknown and garbage tokens are 200")
  func garbage() async throws {
    try await TokenWorld.run { world async throws in
      for token in try world.badTokens() { #expect(try await world.revoke(token).status == 200) }
      #expect(try await world.introspect(world.token).json["active"] as? Bool == true)
    }
  }

  @Test("R6 revoking again is 200, and one revocation in the audit log")
  func again() async throws {
    try await TokenWorld.run { world async throws in
      for _ in 0..<3 { #expect(try await world.revoke(world.token).status == 200) }
      let records = try await world.server.administration.auditRecords(limit: 100).elements
      let revocations = records.filter { $0.event.action == .tokenRevoked }
      #expect(revocations.map(\.event.actor) == ["client:\(world.client.id)"])
    }
  }

  @Test("R7 an unknown hint is ignored", arguments: ["nonsense", "", "refresh_token"])
  func unknownHint(value: String) async throws {
    try await TokenWorld.run { world async throws in
      let form = [("token", world.token), ("token_type_hint", value)]
      #expect(
        try await world.server.send(world.request("/oauth2/revoke", by: world.client, form)).status == 200
      )
      #expect(try await world.introspect(world.token).text == TokenWorld.inactive)
    }
  }

  @Test("R8 a wrong hint still revokes")
  func wrongHint() async throws {
    try await TokenWorld.run { world async throws in
      let form = [("token_type_hint", "refresh_token"), ("token", world.token)]
      #expect(
        try await world.server.send(world.request("/oauth2/revoke", by: world.client, form)).status == 200
      )
      #expect(try await world.introspect(world.token).text == TokenWorld.inactive)
    }
  }

  @Test("R9 another client's token is refused and stays active")
  func foreign() async throws {
    try await TokenWorld.run { world async throws in
      let other = try await world.server.makeClient()
      expect(
        try await world.revoke(world.token, by: other),
        refuses: RFC6749Error(
          status: 400,
          error: "invalid_grant",
          description: "The token was issued to another client"
        )
      )
      #expect(try await world.introspect(world.token).json["active"] as? Bool == true)
    }
  }

  @Test("R10 a revocation counts in the very next request here, and on another node once it reads the feed")
  func immediate() async throws {
    try await TokenWorld.run { world async throws in
      let server = world.server
      let otherNode = try await Directory(
        store: server.store,
        masterKey: server.masterKey,
        clock: server.clocks.wall,
        monotonicClock: server.clocks.monotonic,
        logger: server.log.logger
      )
      let elsewhere = TestInspector(
        directory: otherNode,
        formats: AuthorizationServer.tokenFormats(issuer: TestServer.issuer),
        clock: server.clocks.wall
      )
      #expect(try await world.revoke(world.token).status == 200)
      #expect(try await world.introspect(world.token).text == TokenWorld.inactive)
      try await otherNode.catchUp()
      guard case .inactive(_, .revoked) = try elsewhere.inspect(world.token[...].utf8) else {
        Issue.record("the other node does not know it")
        return
      }
    }
  }

  @Test("R11 a store that fails is 503, never 200, and the token stays active")
  func storeFailure() async throws {
    try await TokenWorld.run { world async throws in
      _ = try await world.introspect(world.token)
      world.server.store.failure = .unavailable("away")
      let response = try await world.revoke(world.token)
      #expect(response.status == 503)
      #expect(response.header("retry-after") != nil)
      #expect(try await world.introspect(world.token).json["active"] as? Bool == true)
      world.server.store.failure = nil
      #expect(try await world.revoke(world.token).status == 200)
      #expect(try await world.introspect(world.token).text == TokenWorld.inactive)
    }
  }

  @Test("R13 200 comes only once the revocation is in the store")
  func durable() async throws {
    try await TokenWorld.run { world async throws in
      #expect(try await world.server.store.revocations(after: 0, limit: 9).isEmpty)
      #expect(try await world.revoke(world.token).status == 200)
      #expect(try await world.server.store.revocations(after: 0, limit: 9).count == 1)
    }
  }
}
