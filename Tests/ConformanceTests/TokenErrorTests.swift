import TesseraCore
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// What a refusal looks like (RFC 6749 §5.2).
@Suite(.everyDoor) struct TokenErrorTests {
  @Test("T25 every condition has its status, name and message")
  func table() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      var json = client.tokenRequest()
      json.headers = [("Content-Type", "application/json")]
      var get = client.tokenRequest()
      get.method = "GET"
      let table: [(TestRequest, SeedError)] = [
        (client.tokenRequest(["scope": "unknown"]), .invalidScope),
        (client.tokenRequest(["scope": nil]), .missingScope),
        (client.tokenRequest(["grant_type": nil]), .invalidRequest("Missing parameter: grant_type")),
        (client.tokenRequest(["client_id": nil]), .missingCredentials),
        (client.tokenRequest(["client_secret": nil]), .missingCredentials),
        (client.tokenRequest(["client_secret": "wrong-secret"]), .failedInBody),
        (TestRequest(form: client.tokenForm()).basic("a", "b"), .severalMethods),
        (
          TestRequest(form: client.tokenForm() + [("scope", "item")]),
          .invalidRequest("Repeated parameter: scope")
        ),
        (client.tokenRequest(["grant_type": "x"]), GrantTests.unsupported),
        (json, .notFormEncoded),
        (TestRequest(body: "%"), .malformedBody),
        (
          TestRequest(body: String(repeating: "a", count: 16_385)),
          .invalidRequest("Request body is too large", status: 413)
        ),
        (get, .wrongMethod),
      ]
      for (request, error) in table {
        expect(try await server.send(request), is: error, "\(error.reason)")
      }
    }
  }

  @Test("T25 an unexpected failure inside is a 500 that says nothing")
  func unexpected() {
    let error = OAuthError(.serverError, .unexpected, privateDetail: "the cat sat on the keyboard")
    let dialect: any Dialect =
      Door.current == .seed ? SeedDialect() : StandardDialect(errors: StandardErrors(documentation: nil))
    let response = dialect.response(for: error)
    #expect(response.status == 500)
    #expect(
      String(decoding: response.body, as: UTF8.self)
        == SeedError(status: 500, name: "server_error", reason: "An unexpected error occurred")
        .body
    )
  }

  @Test("T26 input is never reflected and error texts keep to the §5.2 characters")
  func noReflection() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let marker = "Zq7<script>\"\\é"
      var path = client.tokenRequest()
      path.target = "/Zq7"
      var method = client.tokenRequest()
      method.method = "ZQ7"
      let requests = [
        client.tokenRequest(["scope": marker]), client.tokenRequest(["grant_type": marker]),
        client.tokenRequest(["client_id": marker]), client.tokenRequest(["client_secret": marker]),
        TestRequest(form: client.tokenForm() + [(marker, "1"), (marker, "1")]),
        client.tokenRequest().adding("Content-Type", "Zq7"), path, method,
        client.tokenRequest(["client_id": nil, "client_secret": nil]).basic("Zq7", "Zq7"),
      ]
      for request in requests {
        let response = try await server.send(request)
        #expect(response.status >= 400)
        #expect(!response.text.lowercased().contains("zq7"))
        #expect(!response.headers.contains { $0.value.lowercased().contains("zq7") })
        let allowed = try #require(response.member("message") ?? response.member("error_description")).utf8
          .allSatisfy {
            (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C
          }
        #expect(allowed)
      }
    }
  }

  @Test("T27 failed Basic credentials get 401 and a Basic challenge, failed form credentials 400 and none")
  func challenge() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let inHeader = try await server.send(
        client.tokenRequest(["client_id": nil, "client_secret": nil]).basic(client.id.rawValue, "wrong")
      )
      expect(inHeader, is: .failedInHeader)
      #expect(inHeader.header("www-authenticate")?.hasPrefix("Basic realm=") == true)
      let inBody = try await server.send(client.tokenRequest(["client_secret": "wrong-secret"]))
      expect(inBody, is: .failedInBody)
      #expect(inBody.header("www-authenticate") == nil)
      for half in ["client_id", "client_secret"] {
        let response = try await server.send(client.tokenRequest([half: nil]))
        expect(response, is: .missingCredentials, "\(half) alone is missing")
        #expect(response.header("www-authenticate") == nil)
      }
    }
  }

  @Test("T34 a client_id in the form other than the authenticated client's is refused")
  func otherClientID() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let other = try await server.makeClient()
      for id in [other.id.rawValue, "nonsense"] {
        expect(
          try await server.send(client.basicTokenRequest(["client_id": id])),
          is: .invalidRequest("client_id does not match the authenticated client")
        )
      }
      expect(
        try await server.send(client.basicTokenRequest(["client_id": client.id.rawValue])),
        grants: "item"
      )
    }
  }

  @Test("T35 there are no cookies and no CORS headers")
  func noCookies() async throws {
    try await TestServer.run { server in
      let request = try await server.makeClient().tokenRequest()
        .adding("Origin", "https://evil.example").adding("Cookie", "session=1")
      var preflight = request.adding("Access-Control-Request-Method", "POST")
      preflight.method = "OPTIONS"
      for request in [request, preflight] {
        let response = try await server.send(request)
        #expect(response.status == (request.method == "POST" ? 200 : 405))
        #expect(response.header("set-cookie") == nil)
        #expect(!response.headers.contains { $0.name.hasPrefix("access-control") })
      }
    }
  }

  @Test("T36 429 carries Retry-After")
  func slowDown() async throws {
    var options = TestServer.Options()
    options.failureLimit = FailureLimiter.Settings(freeFailures: 0)
    try await TestServer.run(options) { server in
      let client = try await server.makeClient()
      expect(try await server.send(client.tokenRequest(["client_secret": "wrong-secret"])), is: .failedInBody)
      let response = try await server.send(client.tokenRequest())
      expect(
        response,
        is: SeedError(status: 429, name: "slow_down", reason: "Try again later")
      )
      #expect(response.header("retry-after") == "1")
    }
  }

  static let unavailable = SeedError(
    status: 503,
    name: "temporarily_unavailable",
    reason: "Try again later"
  )

  @Test("T36 503 carries Retry-After, when the store fails and the answer is not in memory")
  func unavailable() async throws {
    try await TestServer.run { server in
      let known = try await server.makeClient()
      let unknown = try await server.makeClient()
      expect(try await server.send(known.tokenRequest()), grants: "item")
      server.store.failure = .unavailable("the disk is on fire")
      let response = try await server.send(unknown.tokenRequest())
      expect(response, is: TokenErrorTests.unavailable)
      #expect(response.header("retry-after") == "1")
      expect(try await server.send(known.tokenRequest()), grants: "item", "what is in memory needs no store")
    }
  }

  @Test("T36 a server that has not heard from its store for too long answers 503, never a guess")
  func stale() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      expect(try await server.send(client.tokenRequest()), grants: "item")
      server.clocks.advance(seconds: 600)
      expect(try await server.send(client.tokenRequest()), grants: "item")
      server.clocks.advance(seconds: 1)
      let response = try await server.send(client.tokenRequest())
      expect(response, is: TokenErrorTests.unavailable)
      #expect(response.header("retry-after") != nil)
      try await server.directory.catchUp()
      expect(try await server.send(client.tokenRequest()), grants: "item")
    }
  }
}
