import TesseraTestSupport
import Testing

/// Protected routes over real HTTP (RFC 6750).
@Suite(.timeLimit(.minutes(5))) struct MiddlewareTests {
  @Test func aValidTokenReachesTheHandler() async throws {
    try await ProtectedAPI.run { api async throws in
      api.test.server.enqueue(.active())
      let response = try await api.get("/items", ["Bearer good"])
      #expect(response.status == 200)
      #expect(response.text == "Hello, app")
    }
  }

  @Test(
    "X1 a token in the query is refused, even beside one in the header",
    arguments: [[], ["Bearer good"]]
  )
  func tokenInQuery(authorization: [String]) async throws {
    try await ProtectedAPI.run { api async throws in
      for query in ["access_token=good", "a=b&access%5Ftoken=good"] {
        let response = try await api.get("/items?" + query, authorization)
        #expect(response.status == 400)
        #expect(
          response.header("www-authenticate") == #"""
            Bearer realm="api", error="invalid_request", \#
            error_description="The access token must not be in the query"
            """#
        )
        #expect(
          response.text
            == #"{"error":"invalid_request","error_description":"The access token must not be in the query"}"#
        )
      }
      #expect(api.test.server.requests.isEmpty)
    }
  }

  @Test("X1 two Authorization headers are refused")
  func twoTokens() async throws {
    try await ProtectedAPI.run { api async throws in
      let response = try await api.get("/items", ["Bearer good", "Bearer good"])
      #expect(response.status == 400)
      #expect(response.header("www-authenticate")?.contains(#"error="invalid_request""#) == true)
      #expect(api.test.server.requests.isEmpty)
    }
  }

  @Test(
    "X2 without a token the answer is 401 and no error code",
    arguments: [[], ["Basic YTpi"], ["Bearer"], ["Bearer "], [""]]
  )
  func noToken(authorization: [String]) async throws {
    try await ProtectedAPI.run { api async throws in
      let response = try await api.get("/items", authorization)
      #expect(response.status == 401)
      #expect(response.header("www-authenticate") == #"Bearer realm="api""#)
      #expect(response.body.isEmpty)
      #expect(api.test.server.requests.isEmpty)
    }
  }

  @Test(
    "X3 an invalid token is answered 401 invalid_token",
    arguments: ["unknown", "a b", "a,Bearer b", "a\"b", String(repeating: "a", count: 10_000)]
  )
  func invalidToken(token: String) async throws {
    try await ProtectedAPI.run { api async throws in
      api.test.server.otherwise(.inactive)
      let response = try await api.get("/items", ["Bearer " + token])
      #expect(response.status == 401)
      #expect(
        response.header("www-authenticate")
          == #"Bearer realm="api", error="invalid_token", error_description="The access token is not valid""#
      )
      #expect(response.header("content-type") == "application/json")
      #expect(response.header("cache-control") == "no-store")
      #expect(
        response.text
          == #"{"error":"invalid_token","error_description":"The access token is not valid"}"#
      )
    }
  }

  @Test("X3 a token without the scope is answered 403 insufficient_scope, which names the scopes")
  func insufficientScope() async throws {
    try await ProtectedAPI.run { api async throws in
      api.test.server.otherwise(.active(scope: "item items event"))
      let response = try await api.get("/both", ["Bearer good"])
      #expect(response.status == 403)
      #expect(
        response.header("www-authenticate") == #"""
          Bearer realm="the data", scope="item profile", error="insufficient_scope", \#
          error_description="The access token does not have the required scope"
          """#
      )
      #expect(response.text.contains(#""scope":"item profile"}"#))
      #expect(try await api.get("/items", ["Bearer good"]).status == 200)
      #expect(try await api.get("/any", ["Bearer good"]).status == 200)
    }
  }

  @Test(arguments: [401, 429, 500, 503, 200])
  func aTokenServiceThatDoesNotAnswerIs503(status: Int) async throws {
    try await ProtectedAPI.run { api async throws in
      api.test.server.otherwise(.respond(status: status, body: "nonsense"))
      let response = try await api.get("/items", ["Bearer good"])
      #expect(response.status == 503)
      #expect(response.header("retry-after").flatMap(Int.init) ?? 0 >= 1)
      #expect(response.header("www-authenticate") == nil)
      #expect(response.text.contains(#""error":"temporarily_unavailable""#))
    }
  }

  @Test func aRouteWithoutTheMiddlewareOpensNothing() async throws {
    try await ProtectedAPI.run { api async throws in
      api.test.server.otherwise(.active())
      let response = try await api.get("/forgotten", ["Bearer good"])
      #expect(response.status == 500)
      #expect(response.body.isEmpty)
    }
  }

  @Test func refusalsAreLoggedWithoutTheToken() async throws {
    try await ProtectedAPI.run { api async throws in
      api.test.server.otherwise(.inactive)
      _ = try await api.get("/items?access_token=the-token", [])
      _ = try await api.get("/items", ["Bearer the-token"])
      #expect(api.test.log.lines.count { $0.contains("refused a request") } == 2)
      #expect(!api.test.log.lines.contains { $0.contains("the-token") })
    }
  }
}
