import TesseraCore
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// Forward authentication (RFC 6750).
@Suite(.everyTokenFormat) struct VerifyTests {
  private static let realm = #"Bearer realm="tessera""#

  @Test("X1 a token in the query, or two tokens, are refused")
  func oneMethod() async throws {
    try await TokenWorld.run { world async throws in
      let inQuery = try await world.verify("scope=item&access_token=\(world.token)", authorization: nil)
      #expect(inQuery.status == 400)
      #expect(inQuery.header("www-authenticate")?.contains(#"error="invalid_request""#) == true)
      let both = try await world.verify("any=true&access_token=x", authorization: "Bearer \(world.token)")
      #expect(both.status == 400)
      var twice = TestRequest()
      twice.method = "GET"
      twice.target = "/oauth2/verify?any=true"
      twice.headers = [
        ("Authorization", "Bearer \(world.token)"), ("Authorization", "Bearer \(world.token)"),
      ]
      #expect(try await world.server.send(twice).status == 400)
    }
  }

  @Test(
    "X2 no token gets 401 and a challenge without an error code",
    arguments: [nil, "", "Basic YTpi", "Bearer", "Bearer "]
  )
  func noToken(authorization: String?) async throws {
    try await TokenWorld.run { world async throws in
      let response = try await world.verify("scope=item", authorization: authorization)
      #expect(response.status == 401)
      #expect(response.header("www-authenticate") == VerifyTests.realm)
      #expect(response.body.isEmpty)
    }
  }

  @Test("X3 an invalid token gets 401 invalid_token")
  func invalid() async throws {
    try await TokenWorld.run { world async throws in
      var tokens = try world.badTokens().filter { $0.utf8.count < 8000 && $0 != " " }
      #expect(try await world.revoke(world.token).status == 200)
      tokens.append(world.token)
      for token in tokens {
        let response = try await world.verify("scope=item", authorization: "Bearer \(token)")
        #expect(response.status == 401, "\(token)")
        #expect(
          response.header("www-authenticate")
            == VerifyTests.realm
            + #", error="invalid_token", error_description="The access token is not valid""#
        )
      }
    }
  }

  @Test("X3 a token without the scope gets 403 insufficient_scope, and the scope is named")
  func insufficientScope() async throws {
    try await TokenWorld.run { world async throws in
      let bearer = "Bearer \(world.token)"
      for query in ["scope=profile", "scope=item+profile", "scope=item,profile"] {
        let response = try await world.verify(query, authorization: bearer)
        #expect(response.status == 403)
        let challenge = try #require(response.header("www-authenticate"))
        #expect(challenge.contains(#"error="insufficient_scope""#) && challenge.contains("profile"))
      }
    }
  }

  @Test("X3 a valid token with the scope passes, and the gateway learns whose it is")
  func granted() async throws {
    try await TokenWorld.run { world async throws in
      for bearer in ["Bearer \(world.token)", "bearer \(world.token)", "BEARER   \(world.token)"] {
        for query in [
          "any=true", "scope=item", "scope=event+item",
          "scope=item,event&audience=\(TokenWorld.resource)&other=1",
        ] {
          let response = try await world.verify(query, authorization: bearer)
          #expect(response.status == 200, "\(query)")
          #expect(response.header("x-auth-client-id") == world.client.id.rawValue)
          #expect(response.header("x-auth-scope") == "item event")
          #expect(response.header("x-auth-audience") == TokenWorld.resource)
          // A JWT has whole seconds.
          let expiry = TokenFormat.current == .jwt ? "2023-08-10T13:41:57.000Z" : "2023-08-10T13:41:57.643Z"
          #expect(response.header("x-auth-expires-at") == expiry)
          #expect(response.header("cache-control") == "no-store")
        }
      }
    }
  }

  @Test("X3 a token for another audience is not valid")
  func audience() async throws {
    try await TokenWorld.run { world async throws in
      let response = try await world.verify(
        "audience=https://b.example",
        authorization: "Bearer \(world.token)"
      )
      #expect(response.status == 401)
    }
  }

  @Test("X3 a store that cannot answer is 503, never 200 and never 401")
  func unavailable() async throws {
    try await TokenWorld.run { world async throws in
      try await world.server.change(world.client) { $0.name += "x" }
      world.server.store.failure = .unavailable("away")
      let response = try await world.verify("scope=item", authorization: "Bearer \(world.token)")
      #expect(response.status == 503)
      #expect(response.header("retry-after") != nil)
    }
  }

  @Test("X2 any method is answered alike, because gateways ask with that of the request")
  func methods() async throws {
    try await TokenWorld.run { world async throws in
      for method in ["GET", "HEAD", "POST", "PUT", "DELETE"] {
        var request = TestRequest()
        request.method = method
        request.target = "/oauth2/verify?scope=item"
        request.headers = []
        #expect(try await world.server.send(request).status == 401)
        #expect(
          try await world.server.send(request.adding("Authorization", "Bearer \(world.token)")).status == 200
        )
      }
    }
  }

  @Test("X1 only trusted peers may ask when they are named")
  func trustedPeers() async throws {
    var options = TestServer.Options()
    options.verifyPeers = [try #require(AddressRange("192.0.2.0/24"))]
    try await TokenWorld.run(options) { world async throws in
      #expect(try await world.verify("any=true", authorization: "Bearer \(world.token)").status == 404)
    }
    options.verifyPeers = [try #require(AddressRange("127.0.0.1"))]
    try await TokenWorld.run(options) { world async throws in
      #expect(try await world.verify("any=true", authorization: "Bearer \(world.token)").status == 200)
    }
  }
}
