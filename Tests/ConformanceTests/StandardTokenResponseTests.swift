import TesseraCore
import TesseraTestSupport
import Testing

/// What a token response looks like (RFC 6749 §5), in the standard dialect.
@Suite(.standardDoor) struct StandardTokenResponseTests {
  @Test("T16 the rfc6749 success has access_token, token_type, a numeric expires_in and scope")
  func members() async throws {
    try await TestServer.run { server async throws in
      let client = try await server.makeClient { $0.tokenLifetime = 60 }
      let response = try await server.send(client.tokenRequest(["scope": "item event"]))
      #expect(response.status == 200)
      #expect(response.header("content-type") == "application/json;charset=UTF-8")
      let token = try #require(response.accessToken)
      #expect(
        response.text
          == #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":60,"scope":"item event"}"#
      )
    }
  }

  @Test("T17 there is no refresh token in the rfc6749 dialect either")
  func noRefreshToken() async throws {
    try await TestServer.run { server async throws in
      let response = try await server.send(server.makeClient().tokenRequest())
      #expect(Set(response.json.keys) == ["access_token", "token_type", "expires_in", "scope"])
    }
  }

  @Test("T18 an rfc6749 success may not be cached")
  func uncached() async throws {
    try await TestServer.run { server async throws in
      let response = try await server.send(server.makeClient().tokenRequest())
      #expect(response.header("cache-control") == "no-store" && response.header("pragma") == "no-cache")
    }
  }

  @Test("T20 the scope of an rfc6749 success is separated by spaces, in the order asked and without repeats")
  func scopeReturned() async throws {
    try await TestServer.run { server async throws in
      let client = try await server.makeClient()
      for (asked, granted) in [
        ("item", "item"), ("event item", "event item"), ("item item event item", "item event"),
        (" item  event ", "item event"),
      ] {
        let response = try await server.send(client.tokenRequest(["scope": asked]))
        #expect(response.member("scope") == granted, "\(asked)")
      }
    }
  }

  @Test("T21 scope is case-sensitive and order-insensitive in the rfc6749 dialect")
  func caseAndOrder() async throws {
    try await TestServer.run { server async throws in
      let client = try await server.makeClient()
      expect(try await server.send(client.tokenRequest(["scope": "Item"])), is: .invalidScope)
      for scope in ["item event", "event item"] {
        let response = try await server.send(client.tokenRequest(["scope": scope]))
        #expect(response.member("scope")?.split(separator: " ").sorted() == ["event", "item"])
      }
    }
  }

  @Test(
    "T22 a comma is a character of a scope in the rfc6749 dialect, and others are refused",
    arguments: [
      "item%2Cevent", "it%22em", "it%5Cem", "item%09event", "item%0Aevent", "it%C3%A9", "item%7F", "%2C",
    ]
  )
  func characters(scope: String) async throws {
    try await TestServer.run { server async throws in
      let client = try await server.makeClient()
      let form = TestRequest.encoded(client.tokenForm(["scope": nil]))
      expect(try await server.send(TestRequest(body: "\(form)&scope=\(scope)")), is: .invalidScope)
    }
  }

  @Test("T23 excess scope is refused with the rest in the rfc6749 dialect")
  func excess() async throws {
    try await TestServer.run { server async throws in
      let client = try await server.makeClient { $0.scopes = ["item"] }
      for scope in ["nonsense", "event", "item event", "item nonsense"] {
        expect(try await server.send(client.tokenRequest(["scope": scope])), is: .invalidScope, "\(scope)")
      }
    }
  }

  @Test("T24 an omitted scope is the client's default", arguments: [nil, "", " "] as [String?])
  func defaultScope(scope: String?) async throws {
    try await TestServer.run { server async throws in
      let client = try await server.makeClient { $0.defaultScopes = ["event", "item"] }
      let response = try await server.send(client.tokenRequest(["scope": scope]))
      #expect(response.status == 200)
      #expect(response.member("scope") == "event item")
      #expect(
        try await server.send(client.tokenRequest()).member("scope") == "item",
        "what is asked for counts"
      )
    }
  }

  @Test("T24 an omitted scope is refused when the client has no default, or none that is granted still")
  func noDefaultScope() async throws {
    try await TestServer.run { server async throws in
      let client = try await server.makeClient()
      expect(try await server.send(client.tokenRequest(["scope": nil])), is: .missingScope)
      let other = try await server.makeClient { $0.defaultScopes = ["event"] }
      try await server.administration.retireScope("event")
      try await server.directory.catchUp()
      expect(try await server.send(other.tokenRequest(["scope": nil])), is: .missingScope)
    }
  }

  @Test("T25 an rfc6749 error names the page about it when one is configured")
  func documentation() async throws {
    var options = TestServer.Options()
    options.documentation = "https://docs.example/errors"
    try await TestServer.run(options) { server async throws in
      let client = try await server.makeClient()
      let response = try await server.send(client.tokenRequest(["scope": "nonsense"]))
      #expect(
        response.text
          == #"{"error":"invalid_scope","error_description":"Requested scope is invalid","#
          + #""error_uri":"https://docs.example/errors#invalid_scope"}"#
      )
      var seed = client.tokenRequest(["scope": "nonsense"])
      seed.target = Door.seed.rawValue
      #expect(try await server.send(seed).text.contains("statusCode"), "the contract stays as it is")
    }
  }

  @Test("T14 neither User-Agent nor Accept is needed, nor is any value of them refused")
  func headers() async throws {
    try await TestServer.run { server async throws in
      let request = try await server.makeClient().tokenRequest()
      expect(try await server.send(request), grants: "item")
      for accept in ["text/html", "application/xml", "*/*", ""] {
        let odd = request.adding("Accept", accept).adding("User-Agent", "")
        expect(try await server.send(odd), grants: "item", "\(accept)")
      }
    }
  }
}
