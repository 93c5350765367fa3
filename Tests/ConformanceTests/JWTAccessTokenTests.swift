import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// JWT access tokens (RFC 9068).
@Suite(.everyDoor) struct JWTAccessTokenTests {
  private func run(
    _ change: (inout TestRegistration) -> Void = { _ in },
    _ body: (TestServer, TestClient, TestResponse, TestJWT) async throws -> Void
  ) async throws {
    try await TestServer.run { server async throws in
      let client = try await server.makeClient {
        $0.tokenFormat = .jwt
        change(&$0)
      }
      let response = try await server.send(client.tokenRequest(["scope": "item,event"]))
      try await body(server, client, response, try TestJWT(try #require(response.accessToken)))
    }
  }

  @Test("A1 the typ is at+jwt")
  func type() async throws {
    try await run { _, _, _, token async throws in #expect(token.header["typ"] as? String == "at+jwt") }
  }

  @Test("A1 the typ is JWT for an API that takes no other, and is verified as before")
  func plainType() async throws {
    try await TestServer.run { server async throws in
      let stock = "https://stock.example"
      _ = try await server.administration.createResource(stock, description: "Stock", jwtType: .jwt)
      _ = try await server.administration.createScope("stock", description: "Stock", resource: stock)
      try await server.directory.catchUp()
      let client = try await server.makeClient {
        $0.scopes = ["stock", "item"]
        $0.tokenFormat = .jwt
      }
      let api = try await server.makeClient {
        $0.scopes = []
        $0.introspectedResources = [stock]
      }
      // In turn, because what is the same in all tokens of a client is made once.
      for (scope, type) in [("stock", "JWT"), ("item", "at+jwt"), ("stock", "JWT")] {
        let token = try #require(try await server.send(client.tokenRequest(["scope": scope])).accessToken)
        #expect(try TestJWT(token).header["typ"] as? String == type)
        let verified = try await server.get(
          "/oauth2/verify?scope=\(scope)",
          headers: [("Authorization", "Bearer \(token)")]
        )
        #expect(verified.status == 200)
        let world = TokenWorld(server: server, client: client, resourceServer: api, token: token)
        #expect(try await world.introspect(token).json["active"] as? Bool == (scope == "stock"))
        #expect(try await world.revoke(token).status == 200)
        #expect(try await world.introspect(token).text == TokenWorld.inactive)
      }
      expect(
        try await server.send(client.tokenRequest(["scope": "stock,item"])),
        is: SeedError(
          status: 400,
          name: "invalid_target",
          reason: "The requested resources require different kinds of token"
        )
      )
      // A type is a matter of JWTs only.
      let opaque = try await server.makeClient { $0.scopes = ["stock", "item"] }
      expect(try await server.send(opaque.tokenRequest(["scope": "stock,item"])), grants: "stock,item")
      var update = ResourceUpdate()
      update.jwtType = .accessToken
      _ = try await server.administration.updateResource(stock, update)
      try await server.directory.catchUp()
      let token = try #require(
        try await server.send(client.tokenRequest(["scope": "stock,item"])).accessToken
      )
      #expect(try TestJWT(token).header["typ"] as? String == "at+jwt")
    }
  }

  @Test("A2 it is signed, never none, by a key of the key set")
  func signed() async throws {
    try await run { server, _, response, token async throws in
      #expect(token.header["alg"] as? String == "ES256")
      #expect(token.signature.count == 64)
      let keys = try #require(JWKSet(try await server.get("/.well-known/jwks.json").body))
      let key = try #require(keys.keys.first { $0.keyID == token.header["kid"] as? String })
      #expect(key.algorithm == .es256)
    }
  }

  @Test("A3 it has iss, exp, aud, sub, client_id, iat and jti, and nothing that was not asked for")
  func claims() async throws {
    try await run { _, client, _, token async throws in
      #expect(
        Set(token.claims.keys) == ["iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope"]
      )
      #expect(token.text("client_id") == client.id.rawValue)
      #expect(token.number("iat") == 1_691_671_317)
      #expect(token.text("jti")?.utf8.count == 20)
    }
  }

  @Test("A4 sub is the client, which no user can be confused with: there are no users")
  func subject() async throws {
    try await run { _, client, _, token async throws in #expect(token.text("sub") == client.id.rawValue) }
  }

  @Test("A5 the scope claim says what was granted, separated by spaces at both doors")
  func scope() async throws {
    try await run { _, _, _, token async throws in #expect(token.text("scope") == "item event") }
  }

  @Test("A9 exp minus iat is expires_in, and the contract's expiry is exp")
  func lifetime() async throws {
    try await run({ $0.tokenLifetime = 90 }) { _, _, response, token async throws in
      let lifetime = try #require(token.number("exp")) - (try #require(token.number("iat")))
      #expect(lifetime == 90)
      if Door.current == .standard {
        #expect(response.json["expires_in"] as? Int == 90)
      } else {
        #expect(response.member("accessTokenExpiresAt") == "2023-08-10T12:43:27.000Z")
      }
    }
  }

  @Test("A10 no jti repeats, within a millisecond either")
  func unique() async throws {
    try await run { server, client, _, _ async throws in
      let connection = try await TestConnection(port: server.port)
      var seen = Set<String>()
      for _ in 0..<2000 {
        await connection.send(client.tokenRequest().bytes)
        let token = try #require(try await connection.response()?.accessToken)
        seen.insert(try #require(try TestJWT(token).text("jti")))
      }
      #expect(seen.count == 2000)
      await connection.close()
    }
  }

  @Test("A11 iss is byte for byte the issuer of the metadata")
  func issuer() async throws {
    try await run { server, _, _, token async throws in
      let metadata = try await server.get("/.well-known/oauth-authorization-server")
      #expect(token.text("iss") == metadata.member("issuer"))
      #expect(token.text("iss") == TestServer.issuer)
    }
  }

  @Test("A13 claims of a client's own are in its tokens, and none can take the place of a reserved one")
  func ownClaims() async throws {
    try await run({ $0.claims = ["tenant": #"a"c\me"#, "zone": "Köln"] }) {
      server,
      client,
      _,
      token async throws in
      #expect(token.text("tenant") == #"a"c\me"#)
      #expect(token.text("zone") == "Köln")
      for name in [
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope", "cnf", "act", "Sub", "AUD",
        "Client_ID", "Scope",
      ] {
        await #expect(throws: AdministrationError.self, "\(name)") {
          _ = try await server.makeClient { $0.claims = [name: "x"] }
        }
        await #expect(throws: AdministrationError.self, "\(name)") {
          var update = ClientUpdate()
          update.claims = try ClientClaims([name: "x"])
          _ = try await server.administration.updateClient(client.id, update)
        }
      }
    }
  }

  @Test("A14 what is not an access token of ours is none: other types, algorithms and keys are inactive")
  func otherTokens() async throws {
    try await run { server, client, response, _ async throws in
      let resourceServer = try await server.makeClient { $0.introspectedResources = [TokenWorld.resource] }
      let world = TokenWorld(
        server: server,
        client: client,
        resourceServer: resourceServer,
        token: try #require(response.accessToken)
      )
      let parts = world.token.split(separator: ".").map(String.init)
      func with(header: String) -> String {
        ([base64URL(header)] + parts[1...]).joined(separator: ".")
      }
      let kid = try #require(try TestJWT(world.token).header["kid"] as? String)
      let feed = try await server.get("/oauth2/revocations").text
      let tokens = [
        with(header: #"{"typ":"at+jwt","alg":"none","kid":"\#(kid)"}"#),
        with(header: #"{"alg":"none"}"#) + "",
        with(header: #"{"typ":"at+jwt","alg":"nOnE"}"#),
        with(header: #"{"typ":"JWT","alg":"ES256","kid":"\#(kid)"}"#),
        with(header: #"{"typ":"at+jwt","alg":"HS256","kid":"\#(kid)"}"#),
        with(header: #"{"typ":"at+jwt","alg":"ES256","kid":"\#(kid)","crit":["x"]}"#),
        with(header: #"{"typ":"at+jwt","alg":"ES256","kid":"../../etc/passwd"}"#),
        with(header: #"{"typ":"at+jwt","alg":"ES256","kid":"' OR 1=1 --"}"#),
        "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])", "\(parts[0])..\(parts[2])", world.token + ".",
        world.token + "=", world.token + ".a.b", "..", ".", feed,
      ]
      for token in tokens {
        #expect(try await world.introspect(token).text == TokenWorld.inactive, "\(token)")
      }
      #expect(try await world.introspect(world.token).json["active"] as? Bool == true)
    }
  }

  private func base64URL(_ text: String) -> String {
    base64(text).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  @Test("T28 a JWT that was altered anywhere, cut or extended is not ours")
  func forgery() async throws {
    try await run { server, _, response, _ async throws in
      let inspector = TestInspector(
        directory: server.directory,
        formats: AuthorizationServer.tokenFormats(issuer: TestServer.issuer),
        clock: server.clocks.wall
      )
      let token = try #require(response.accessToken)
      guard case .active = try inspector.inspect(token[...].utf8) else {
        Issue.record("the token itself is not active")
        return
      }
      let bytes = Array(token.utf8)
      for index in bytes.indices {
        var altered = bytes
        altered[index] = altered[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        let text = String(decoding: altered, as: UTF8.self)
        #expect(try inspector.inspect(text[...].utf8) == .unreadable, "position \(index)")
      }
      for length in stride(from: 0, to: bytes.count, by: 7) {
        #expect(try inspector.inspect(token.prefix(length).utf8) == .unreadable)
      }
    }
  }

  @Test("P a token issued right after its client was registered, or its tokens were revoked, is active")
  func sameSecond() async throws {
    try await run { server, client, _, token async throws in
      let resourceServer = try await server.makeClient { $0.introspectedResources = [TokenWorld.resource] }
      func active(_ response: TestResponse) async throws -> Bool {
        let world = TokenWorld(
          server: server,
          client: client,
          resourceServer: resourceServer,
          token: try #require(response.accessToken)
        )
        return try await world.introspect(world.token).json["active"] as? Bool == true
      }
      let before = try await server.send(client.tokenRequest())
      #expect(try await active(before))
      try await server.administration.revokeTokens(of: client.id)
      server.clocks.advance(milliseconds: 1)
      try await server.directory.catchUp()
      #expect(try await !active(before), "issued before, in the same second")
      #expect(
        try await active(try await server.send(client.tokenRequest())),
        "issued after, in the same second"
      )
    }
  }
}
