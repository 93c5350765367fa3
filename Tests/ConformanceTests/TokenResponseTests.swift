import TesseraCore
import TesseraTestSupport
import Testing

/// What a token response looks like (RFC 6749 §5), in the seed dialect.
@Suite struct TokenResponseTests {
  @Test("T16 success has exactly the three members of the contract, in its order")
  func members() async throws {
    try await TestServer.run { server in
      let response = try await server.send(server.makeClient().tokenRequest())
      #expect(response.status == 200)
      #expect(response.header("content-type") == "application/json;charset=UTF-8")
      let token = try #require(response.member("accessToken"))
      #expect(
        !token.isEmpty && token.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
      )
      let expires = "2023-08-10T13:41:57.643Z"
      #expect(
        response.text == #"{"accessToken":"\#(token)","accessTokenExpiresAt":"\#(expires)","scope":"item"}"#
      )
    }
  }

  @Test("T16 accessTokenExpiresAt follows the client's own token lifetime")
  func lifetime() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.tokenLifetime = 60 }
      let response = try await server.send(client.tokenRequest())
      #expect(response.member("accessTokenExpiresAt") == "2023-08-10T12:42:57.643Z")
    }
  }

  @Test("T17 there is no refresh token")
  func noRefreshToken() async throws {
    try await TestServer.run { server in
      let response = try await server.send(server.makeClient().tokenRequest())
      #expect(Set(response.json.keys) == ["accessToken", "accessTokenExpiresAt", "scope"])
    }
  }

  @Test("T18 success may not be cached")
  func uncached() async throws {
    try await TestServer.run { server in
      let response = try await server.send(server.makeClient().tokenRequest())
      #expect(response.status == 200)
      #expect(response.header("cache-control") == "no-store")
      #expect(response.header("pragma") == "no-cache")
    }
  }

  @Test("T19 errors may not be cached")
  func uncachedErrors() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      var get = client.tokenRequest()
      get.method = "GET"
      var elsewhere = client.tokenRequest()
      elsewhere.target = "/elsewhere"
      let requests = [
        get, elsewhere, client.tokenRequest(["scope": "nonsense"]), TestRequest(body: "%"),
        TestRequest(form: []).basic("a", "b"), TestRequest(body: String(repeating: "a", count: 20_000)),
      ]
      for request in requests {
        let response = try await server.send(request)
        #expect(response.status >= 400)
        #expect(response.header("cache-control") == "no-store")
        #expect(response.header("pragma") == "no-cache")
      }
    }
  }

  @Test("T20 the granted scope is always returned, in the order asked and without repeats")
  func scopeReturned() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let table = [
        ("item", "item"), ("item,event", "item,event"), ("event,item", "event,item"),
        ("item, event", "item,event"), (" item ,event ", "item,event"), ("item event", "item,event"),
        ("item,item", "item"), ("promotion,profile,event,item", "promotion,profile,event,item"),
        ("event item,event", "event,item"),
      ]
      for (asked, granted) in table {
        expect(try await server.send(client.tokenRequest(["scope": asked])), grants: granted, "\(asked)")
      }
    }
  }

  @Test("T21 scope is case-sensitive")
  func caseSensitive() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      for scope in ["Item", "ITEM", "item,Event"] {
        expect(try await server.send(client.tokenRequest(["scope": scope])), is: .invalidScope, "\(scope)")
      }
    }
  }

  @Test("T21 scope is order-insensitive: either order grants both")
  func orderInsensitive() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      for scope in ["item,event", "event,item"] {
        let response = try await server.send(client.tokenRequest(["scope": scope]))
        let granted = response.member("scope")?.split(separator: ",").sorted()
        #expect(granted == ["event", "item"])
      }
    }
  }

  @Test(
    "T22 characters outside the scope-token set are refused",
    arguments: [
      "it\"em", "it\\em", "item\t", "item\nevent", "ité", "item\u{7F}", ",", "item,", ",item", "item,,event",
    ]
  )
  func characters(scope: String) async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      expect(try await server.send(client.tokenRequest(["scope": scope])), is: .invalidScope)
    }
  }

  @Test("T23 a scope that does not exist, is retired or is not the client's is refused, with the rest")
  func excess() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.scopes = ["item", "event"] }
      for scope in ["nonsense", "promotion", "item,promotion", "item,nonsense"] {
        expect(try await server.send(client.tokenRequest(["scope": scope])), is: .invalidScope, "\(scope)")
      }
      expect(try await server.send(client.tokenRequest(["scope": "event"])), grants: "event")
      try await server.administration.retireScope("event")
      try await server.directory.catchUp()
      expect(try await server.send(client.tokenRequest(["scope": "event"])), is: .invalidScope)
      expect(try await server.send(client.tokenRequest(["scope": "item"])), grants: "item")
    }
  }

  @Test("T24 an omitted scope is refused in the contract dialect", arguments: ["", " ", "   "])
  func omitted(scope: String) async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      expect(try await server.send(client.tokenRequest(["scope": scope])), is: .missingScope)
      expect(try await server.send(client.tokenRequest(["scope": nil])), is: .missingScope)
    }
  }
}
