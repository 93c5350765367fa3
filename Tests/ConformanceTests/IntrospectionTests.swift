import TesseraCore
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// Token introspection (RFC 7662).
@Suite(.everyTokenFormat) struct IntrospectionTests {
  @Test("I1 a POSTed form is answered, other methods get 405")
  func methods() async throws {
    try await TokenWorld.run { world async throws in
      #expect(try await world.introspect(world.token).status == 200)
      for method in ["GET", "HEAD", "PUT"] {
        var request = world.request("/oauth2/introspect", by: world.resourceServer, [("token", world.token)])
        request.method = method
        let response = try await world.server.send(request)
        #expect(response.status == 405)
        #expect(response.header("allow") == "POST")
      }
    }
  }

  @Test("I2 the caller has to authenticate, 401 otherwise")
  func authentication() async throws {
    try await TokenWorld.run { world async throws in
      var anonymous = TestRequest(form: [("token", world.token)])
      anonymous.target = "/oauth2/introspect"
      expect(try await world.server.send(anonymous), refuses: RFC6749Error.missingCredentials)
      let wrong = TestClient(id: world.resourceServer.id, secret: "wrong-secret")
      expect(try await world.introspect(world.token, by: wrong), refuses: RFC6749Error.failed)
      let half = TestRequest(form: [("token", world.token), ("client_id", world.resourceServer.id.rawValue)])
      expect(try await world.server.send(half.at("/oauth2/introspect")), refuses: .missingCredentials)
      let basic = anonymous.basic(world.resourceServer.id.rawValue, world.resourceServer.secret)
      #expect(try await world.server.send(basic).json["active"] as? Bool == true)
      expect(
        try await world.server.send(anonymous.adding("Authorization", "Bearer x")),
        refuses: RFC6749Error.failed
      )
    }
  }

  @Test("I3 a token that is missing, empty or repeated is refused")
  func missingToken() async throws {
    try await TokenWorld.run { world async throws in
      let path = "/oauth2/introspect"
      for form in [[], [("token", "")]] {
        expect(
          try await world.server.send(world.request(path, by: world.resourceServer, form)),
          refuses: RFC6749Error.missingToken
        )
      }
      let twice = [("token", world.token), ("token", world.token)]
      expect(
        try await world.server.send(world.request(path, by: world.resourceServer, twice)),
        refuses: RFC6749Error.invalidRequest("Repeated parameter: token")
      )
    }
  }

  @Test(
    "I4 a wrong or unknown hint still finds the token",
    arguments: ["refresh_token", "access_token", "nonsense", ""]
  )
  func hint(value: String) async throws {
    try await TokenWorld.run { world async throws in
      let form = [("token", world.token), ("token_type_hint", value)]
      let request = world.request("/oauth2/introspect", by: world.resourceServer, form)
      #expect(try await world.server.send(request).json["active"] as? Bool == true)
    }
  }

  @Test(
    "I5 unknown, malformed, expired, revoked and foreign tokens and callers without the right get active:false"
  )
  func inactive() async throws {
    try await TokenWorld.run { world async throws in
      for token in try world.badTokens() {
        #expect(try await world.introspect(token).text == TokenWorld.inactive, "\(token.prefix(40))")
      }
      #expect(
        try await world.introspect(world.token, by: world.client).text == TokenWorld.inactive,
        "no right"
      )
      #expect(try await world.revoke(world.token).status == 200)
      #expect(try await world.introspect(world.token).text == TokenWorld.inactive, "revoked")
      let another = try await world.server.send(world.client.tokenRequest()).member("accessToken")
      world.server.clocks.advance(seconds: 3600)
      try await world.server.replica.catchUp()
      #expect(try await world.introspect(try #require(another)).text == TokenWorld.inactive, "expired")
    }
  }

  @Test("I6 active:false is exactly that one member, byte-identical whatever the reason")
  func identical() async throws {
    try await TokenWorld.run { world async throws in
      var answers = [try await world.introspect(world.token, by: world.client).withoutDate]
      for token in try world.badTokens() { answers.append(try await world.introspect(token).withoutDate) }
      #expect(answers.allSatisfy { $0 == answers[0] })
      #expect(answers[0].text == TokenWorld.inactive)
    }
  }

  @Test("I7 a token that fails its tag costs no store call")
  func noStoreCall() async throws {
    try await TokenWorld.run { world async throws in
      _ = try await world.introspect(world.token)
      let before = world.server.store.readCount
      for token in try world.badTokens() { _ = try await world.introspect(token) }
      _ = try await world.introspect(world.token)
      #expect(world.server.store.readCount == before)
    }
  }

  @Test("I8 an active token says scope, client_id, token_type, exp, iat, sub, aud, iss and jti")
  func members() async throws {
    try await TokenWorld.run { world async throws in
      let response = try await world.introspect(world.token)
      let id = world.client.id.rawValue
      let jti = try #require(response.member("jti"))
      #expect(response.header("content-type") == "application/json;charset=UTF-8")
      #expect(
        response.text
          == #"{"active":true,"scope":"item event","client_id":"\#(id)","token_type":"Bearer","exp":1691674917,"#
          + #""iat":1691671317,"sub":"\#(id)","aud":"https://api.ants.tech","iss":"\#(TestServer.issuer)","jti":"\#(jti)"}"#
      )
    }
  }

  @Test("I8 odd client IDs are escaped and several audiences are an array")
  func escaping() async throws {
    try await TokenWorld.run { world async throws in
      _ = try await world.server.administration.createResource("https://b.example", description: "Stock")
      _ = try await world.server.administration.createScope(
        "stock",
        description: "Stock",
        resource: "https://b.example"
      )
      try await world.server.replica.catchUp()
      let odd = try await world.server.makeClient {
        $0.id = #"a"b\c"#
        $0.scopes = ["item", "stock"]
      }
      let issued = try await world.server.send(odd.tokenRequest(["scope": "item,stock"]))
      let response = try await world.introspect(try #require(issued.member("accessToken")))
      #expect(response.member("client_id") == #"a"b\c"#)
      #expect(response.json["aud"] as? [String] == ["https://api.ants.tech", "https://b.example"])
    }
  }

  @Test("I9 authenticity, validity and revocation are all checked")
  func everything() async throws {
    try await TokenWorld.run { world async throws in
      #expect(try await world.introspect(world.token).json["active"] as? Bool == true)
      try await world.server.administration.revokeTokens(of: world.client.id)
      try await world.server.replica.catchUp()
      #expect(try await world.introspect(world.token).text == TokenWorld.inactive)
    }
  }

  @Test("I10 a caller that is not the audience gets active:false")
  func audience() async throws {
    try await TokenWorld.run { world async throws in
      _ = try await world.server.administration.createResource("https://b.example", description: "Other")
      let other = try await world.server.makeClient {
        $0.scopes = []
        $0.introspectedResources = ["https://b.example"]
      }
      #expect(try await world.introspect(world.token, by: other).text == TokenWorld.inactive)
    }
  }

  @Test("I11 a truncated, extended or bit-flipped token is inactive, wherever it was changed")
  func altered() async throws {
    try await TokenWorld.run { world async throws in
      let connection = try await TestConnection(port: world.server.port)
      for index in world.token.utf8.indices {
        var bytes = Array(world.token.utf8)
        let position = world.token.utf8.distance(from: world.token.utf8.startIndex, to: index)
        bytes[position] = bytes[position] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
        let altered = String(decoding: bytes, as: UTF8.self)
        await connection.send(
          world.request("/oauth2/introspect", by: world.resourceServer, [("token", altered)]).bytes
        )
        #expect(try await connection.response()?.text == TokenWorld.inactive)
      }
      await connection.close()
    }
  }

  @Test("I12 the tokens of a disabled client are inactive at once")
  func disabled() async throws {
    try await TokenWorld.run { world async throws in
      try await world.server.administration.setClient(world.client.id, enabled: false)
      try await world.server.replica.catchUp()
      #expect(try await world.introspect(world.token).text == TokenWorld.inactive)
    }
  }

  @Test("I12 enabling a client gives none of its tokens back, unless they were kept")
  func enabledAgain() async throws {
    for keepingTokens in [false, true] {
      try await TokenWorld.run { world async throws in
        let administration = world.server.administration
        try await administration.setClient(world.client.id, enabled: false, keepingTokens: keepingTokens)
        try await world.server.replica.catchUp()
        #expect(try await world.introspect(world.token).text == TokenWorld.inactive)
        try await administration.setClient(world.client.id, enabled: true)
        try await world.server.replica.catchUp()
        #expect(try await world.introspect(world.token).json["active"] as? Bool == keepingTokens)
        world.server.clocks.advance(seconds: 1)
        let next = try await world.server.send(world.client.tokenRequest())
        let token = try #require(next.member("accessToken") ?? next.member("access_token"))
        #expect(try await world.introspect(token).json["active"] as? Bool == true)
      }
    }
  }

  @Test("I13 every not-before rule applies and the strictest wins")
  func notBefore() async throws {
    try await TokenWorld.run { world async throws in
      world.server.clocks.advance(seconds: 10)
      try await world.server.administration.revokeAllTokens()
      try await world.server.replica.catchUp()
      #expect(try await world.introspect(world.token).text == TokenWorld.inactive)
      world.server.clocks.advance(seconds: 1)
      let next = try #require(try await world.server.send(world.client.tokenRequest()).member("accessToken"))
      #expect(try await world.introspect(next).json["active"] as? Bool == true)
      try await world.server.administration.revokeTokens(of: world.client.id)
      try await world.server.replica.catchUp()
      #expect(try await world.introspect(next).text == TokenWorld.inactive)
    }
  }

  @Test("I14 the answer may not be cached and the token is not in the log")
  func secrecy() async throws {
    try await TokenWorld.run { world async throws in
      let response = try await world.introspect(world.token)
      #expect(response.header("cache-control") == "no-store")
      // A line is written after its answer is on the way.
      try await wait { world.server.log.lines.contains { $0.contains("path=/oauth2/introspect") } }
      #expect(!world.server.log.lines.joined().contains(world.token))
    }
  }

  @Test("I15 every active answer has an exp, and at exp the token is inactive")
  func expiry() async throws {
    try await TokenWorld.run { world async throws in
      #expect(try await world.introspect(world.token).json["exp"] as? Int == 1_691_674_917)
      world.server.clocks.advance(seconds: 3599)
      try await world.server.replica.catchUp()
      #expect(try await world.introspect(world.token).json["active"] as? Bool == true)
      world.server.clocks.advance(seconds: 1)
      #expect(try await world.introspect(world.token).text == TokenWorld.inactive)
    }
  }

  @Test("I16 a resource server needs the right to introspect, and loses it")
  func right() async throws {
    try await TokenWorld.run { world async throws in
      #expect(try await world.introspect(world.token).json["active"] as? Bool == true)
      var update = ClientUpdate()
      update.introspectedResources = []
      _ = try await world.server.administration.updateClient(world.resourceServer.id, update)
      try await world.server.replica.catchUp()
      #expect(try await world.introspect(world.token).text == TokenWorld.inactive)
    }
  }

  @Test("I17 a store that cannot answer is 503, never active:false")
  func unavailable() async throws {
    try await TokenWorld.run { world async throws in
      _ = try await world.introspect(world.token)
      // The owner of the token drops out of memory, so that it has to be read again.
      try await world.server.change(world.client) { $0.name += "x" }
      world.server.store.failure = .unavailable("away")
      let response = try await world.introspect(world.token)
      #expect(response.status == 503)
      #expect(response.member("error") == "temporarily_unavailable")
      #expect(response.header("retry-after") != nil)
    }
  }
}
