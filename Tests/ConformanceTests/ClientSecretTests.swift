import TesseraCore
import TesseraTestSupport
import Testing

/// Client secrets in the form and in a Basic header (RFC 6749 §2.3.1).
@Suite(.everyDoor) struct ClientSecretTests {
  private static func withoutCredentials(_ client: TestClient) -> TestRequest {
    client.tokenRequest(["client_id": nil, "client_secret": nil])
  }

  @Test("B1 Basic is supported")
  func basic() async throws {
    try await TestServer.run { server in
      expect(try await server.send(server.makeClient().basicTokenRequest()), grants: "item")
    }
  }

  @Test(
    "B2 ID and secret are form-encoded inside Basic",
    arguments: [("a:b", "pass:word"), ("% &+", "s p%c&i+l"), ("plain-id", "=?/%2B%20"), ("a b", "12345678")]
  )
  func formEncoded(id: String, secret: String) async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient {
        $0.id = id
        $0.importedSecret = secret
      }
      expect(try await server.send(client.basicTokenRequest()), grants: "item")
      expect(try await server.send(client.tokenRequest()), grants: "item", "in the form")
      expect(
        try await server.send(
          ClientSecretTests.withoutCredentials(client).basic(
            TesseraTestSupport.formEncoded(id),
            TesseraTestSupport.formEncoded(secret + "x")
          )
        ),
        is: .failedInHeader
      )
    }
  }

  @Test("B3 a raw plus inside Basic is a space, and a secret that matches undecoded is accepted too")
  func rawPlus() async throws {
    try await TestServer.run { server in
      for secret in ["with space", "with+plus", "100%zzzz", "a%20b%20c%20d"] {
        let client = try await server.makeClient {
          $0.id = secret
          $0.importedSecret = secret
        }
        let request = ClientSecretTests.withoutCredentials(client)
        expect(try await server.send(request.basic(secret, secret)), grants: "item", "\(secret) as it is")
      }
      let spaced = try await server.makeClient { $0.importedSecret = "one two three" }
      let request = ClientSecretTests.withoutCredentials(spaced)
      expect(try await server.send(request.basic(spaced.id.rawValue, "one+two+three")), grants: "item")
      expect(try await server.send(request.basic(spaced.id.rawValue, "one-two-three")), is: .failedInHeader)
    }
  }

  @Test(
    "B4 a bad escape inside Basic is a clean refusal",
    arguments: ["%", "%4", "%zz%zz%zz", "%C3%28abcdef", "%00"]
  )
  func badEscape(secret: String) async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let request = ClientSecretTests.withoutCredentials(client)
      expect(try await server.send(request.basic(client.id.rawValue, secret)), is: .failedInHeader)
      expect(try await server.send(request.basic(secret, client.secret)), is: .failedInHeader)
    }
  }

  @Test("B5 the first colon splits")
  func firstColon() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient {
        $0.id = "client"
        $0.importedSecret = "a:b:c:d:e"
      }
      let request = ClientSecretTests.withoutCredentials(client)
      expect(try await server.send(request.basic("client", "a:b:c:d:e")), grants: "item")

      let colon = try await server.makeClient {
        $0.id = "has:colon"
        $0.importedSecret = "12345678"
      }
      expect(try await server.send(request.basic("has:colon", "12345678")), is: .failedInHeader)
      expect(try await server.send(colon.basicTokenRequest()), grants: "item", "when it is encoded")
    }
  }

  @Test("B6 the scheme name is case-insensitive", arguments: ["basic", "BASIC", "bAsIc"])
  func scheme(name: String) async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let credentials = base64("\(client.id):\(client.secret)")
      let request = ClientSecretTests.withoutCredentials(client)
      expect(try await server.send(request.adding("Authorization", "\(name) \(credentials)")), grants: "item")
      expect(
        try await server.send(request.adding("Authorization", "\(name)   \(credentials)")),
        grants: "item"
      )
    }
  }

  @Test(
    "B7 what is not base64, empty or without colon gets 401",
    arguments: [
      "", "Basic", "Basic ", "Basic !!!!", "Basic Zg", "Basic Zm9v", "Basic " + base64(":"),
      "Basic " + base64("a:"),
      "Basic " + base64(":b"), "Basic ====", "Basic \u{FF}", "Bearer abc", "Digest username=x", "Basic a b",
    ]
  )
  func broken(header: String) async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let request = ClientSecretTests.withoutCredentials(client).adding("Authorization", header)
      let response = try await server.send(request)
      expect(response, is: .failedInHeader)
      #expect(response.header("www-authenticate")?.hasPrefix("Basic ") == true)
    }
  }

  @Test("B8 two Authorization headers are refused")
  func twoHeaders() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let request = client.basicTokenRequest().basic(client.id.rawValue, client.secret)
      expect(try await server.send(request), is: .severalMethods)
      expect(
        try await server.send(client.basicTokenRequest().adding("Authorization", "Bearer x")),
        is: .severalMethods
      )
    }
  }

  @Test("B9 two methods in one request are refused")
  func twoMethods() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      expect(
        try await server.send(client.basicTokenRequest(["client_secret": client.secret])),
        is: .severalMethods
      )
      expect(
        try await server.send(client.tokenRequest().basic(client.id.rawValue, client.secret)),
        is: .severalMethods
      )
      // An empty header is an attempt too (docs/divergences.md).
      expect(try await server.send(client.tokenRequest().adding("Authorization", "")), is: .severalMethods)
    }
  }

  @Test("B10 Basic and the same client_id in the form are accepted")
  func sameClientID() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      expect(
        try await server.send(client.basicTokenRequest(["client_id": client.id.rawValue])),
        grants: "item"
      )
      expect(
        try await server.send(
          client.basicTokenRequest(["client_id": client.id.rawValue, "client_secret": ""])
        ),
        grants: "item"
      )
    }
  }

  @Test("B11 a client registered for one method cannot use the other")
  func pinned() async throws {
    try await TestServer.run { server in
      let basic = try await server.makeClient { $0.authenticationMethod = .clientSecretBasic }
      expect(try await server.send(basic.basicTokenRequest()), grants: "item")
      expect(try await server.send(basic.tokenRequest()), is: .failedInBody)
      let post = try await server.makeClient { $0.authenticationMethod = .clientSecretPost }
      expect(try await server.send(post.tokenRequest()), grants: "item")
      expect(try await server.send(post.basicTokenRequest()), is: .failedInHeader)
    }
  }

  @Test("B15 an expired secret fails, one that has not expired works")
  func expired() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.secretExpiresInDays = 1 }
      server.clocks.advance(seconds: 86_399)
      try await server.directory.catchUp()
      expect(try await server.send(client.tokenRequest()), grants: "item")
      server.clocks.advance(seconds: 1)
      expect(try await server.send(client.tokenRequest()), is: .failedInBody)
    }
  }

  @Test("B15 in a rotation both secrets work, until the old one is revoked")
  func rotation() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let added = try await server.administration.addSecret(to: client.id, named: "next")
      try await server.directory.catchUp()
      let renewed = TestClient(id: client.id, secret: added.secret.exposed)
      expect(try await server.send(client.tokenRequest()), grants: "item", "old")
      expect(try await server.send(renewed.tokenRequest()), grants: "item", "new")
      try await server.administration.revokeSecret(named: "default", of: client.id)
      try await server.directory.catchUp()
      expect(try await server.send(client.tokenRequest()), is: .failedInBody, "old, revoked")
      expect(try await server.send(renewed.tokenRequest()), grants: "item", "new, alone")
    }
  }

  @Test("B17 an ID or secret that is not VSCHAR gets invalid_client")
  func notVSCHAR() async throws {
    try await TestServer.run { server in
      for text in ["£€", "tab\there-is", "\u{7F}\u{7F}\u{7F}\u{7F}\u{7F}\u{7F}\u{7F}\u{7F}"] {
        let client = try await server.makeClient()
        expect(try await server.send(client.tokenRequest(["client_id": text])), is: .failedInBody)
        expect(try await server.send(client.tokenRequest(["client_secret": text])), is: .failedInBody)
        let encoded = TesseraTestSupport.formEncoded(text)
        let request = ClientSecretTests.withoutCredentials(client)
        expect(try await server.send(request.basic(encoded, client.secret)), is: .failedInHeader)
        expect(try await server.send(request.basic(client.id.rawValue, encoded)), is: .failedInHeader)
        expect(try await server.send(request.basic(client.id.rawValue, text)), is: .failedInHeader)
        await #expect(throws: AdministrationError.self) {
          try await server.makeClient { $0.id = text }
        }
        await #expect(throws: AdministrationError.self) {
          try await server.makeClient { $0.importedSecret = text }
        }
      }
    }
  }
}
