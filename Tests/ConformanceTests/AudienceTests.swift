import TesseraCore
import TesseraTestSupport
import Testing

/// Which APIs a token is for (RFC 8707), at both token endpoints.
@Suite(.everyDoor) struct AudienceTests {
  static let standard = "https://api.ants.tech"
  static let stock = "https://stock.example"
  static let invalidTarget = SeedError(
    status: 400,
    name: "invalid_target",
    reason: "Requested resource is invalid"
  )

  /// A server with two APIs, and a client that may ask for scopes of both.
  private func run(_ body: (TestServer, TestClient) async throws -> Void) async throws {
    try await TestServer.run { server async throws in
      _ = try await server.administration.createResource(AudienceTests.stock, description: "Stock")
      _ = try await server.administration.createScope(
        "stock",
        description: "Stock",
        resource: AudienceTests.stock
      )
      try await server.directory.catchUp()
      let client = try await server.makeClient {
        $0.scopes = ["item", "event", "stock"]
        $0.defaultScopes = ["item", "stock"]
        $0.tokenFormat = .jwt
      }
      try await body(server, client)
    }
  }

  private func request(_ client: TestClient, scope: String?, _ parameters: (String, String)...) -> TestRequest
  {
    TestRequest(form: client.tokenForm(["scope": scope]) + parameters)
  }

  private func audience(_ server: TestServer, _ request: TestRequest) async throws -> [String] {
    try audience(try await server.send(request))
  }

  private func audience(_ response: TestResponse) throws -> [String] {
    let claims = try TestJWT(try #require(response.accessToken, "\(response.text)")).claims
    if let several = claims["aud"] as? [String] { return several }
    return [try #require(claims["aud"] as? String)]
  }

  @Test(
    "T29 a relative resource, or one with a fragment, is an invalid target",
    arguments: [
      "items", "/items", "//api.ants.tech", "https://api.ants.tech#x", "https://api.ants.tech#", ":x", "é:x",
    ]
  )
  func malformed(resource: String) async throws {
    try await run { server, client async throws in
      for name in ["resource", "audience"] {
        expect(
          try await server.send(request(client, scope: "item", (name, resource))),
          is: AudienceTests.invalidTarget
        )
      }
    }
  }

  @Test("T29 a plain name is an audience by audience=, and never by resource=")
  func plainName() async throws {
    try await run { server, _ async throws in
      _ = try await server.administration.createResource("rabbitmq", description: "The broker")
      _ = try await server.administration.createScope("publish", description: "Publish", resource: "rabbitmq")
      try await server.directory.catchUp()
      let client = try await server.makeClient {
        $0.scopes = ["publish", "item"]
        $0.tokenFormat = .jwt
      }
      for parameters in [
        [], [("audience", "rabbitmq")], [("audience", "rabbitmq"), ("audience", "rabbitmq")],
      ] {
        let request = TestRequest(form: client.tokenForm(["scope": "publish"]) + parameters)
        #expect(try await audience(server, request) == ["rabbitmq"])
      }
      for parameters in [
        [("resource", "rabbitmq")], [("resource", "rabbitmq"), ("audience", "rabbitmq")],
        [("audience", "RabbitMQ")],
        [("audience", "rabbit")],
      ] {
        let request = TestRequest(form: client.tokenForm(["scope": "publish"]) + parameters)
        expect(try await server.send(request), is: AudienceTests.invalidTarget, "\(parameters)")
      }
      // Who holds the token, a gateway asks by the same name.
      let token = try #require(try await server.send(client.tokenRequest(["scope": "publish"])).accessToken)
      for (name, status) in [("rabbitmq", 200), ("other", 401)] {
        let response = try await server.get(
          "/oauth2/verify?audience=\(name)",
          headers: [("Authorization", "Bearer \(token)")]
        )
        #expect(response.status == status)
      }
    }
  }

  @Test("T30 an unknown resource, and one that the client may ask for no scope of, are invalid targets")
  func unknown() async throws {
    try await run { server, client async throws in
      let other = try await server.makeClient { $0.scopes = ["item"] }
      for (client, resource) in [
        (client, "https://unknown.example"), (client, AudienceTests.standard + "/"),
        (client, AudienceTests.standard + ":443"), (client, "https://API.ants.tech"),
        (client, "HTTPS://api.ants.tech"),
        (other, AudienceTests.stock),
      ] {
        expect(
          try await server.send(request(client, scope: "item", ("resource", resource))),
          is: AudienceTests.invalidTarget
        )
      }
      expect(
        try await server.send(request(client, scope: "item", ("resource", AudienceTests.standard))),
        grants: "item"
      )
    }
  }

  @Test("T30 a retired resource is an invalid target, and its scopes are granted no more")
  func retired() async throws {
    try await run { server, client async throws in
      expect(try await server.send(request(client, scope: "stock")), grants: "stock")
      try await server.administration.retireResource(AudienceTests.stock)
      try await server.directory.catchUp()
      expect(
        try await server.send(request(client, scope: "stock", ("resource", AudienceTests.stock))),
        is: AudienceTests.invalidTarget
      )
      expect(try await server.send(request(client, scope: "stock")), is: .invalidScope)
    }
  }

  @Test("T31 several resources are all honoured or the request is refused, never the first alone")
  func several() async throws {
    try await run { server, client async throws in
      let both = [("resource", AudienceTests.standard), ("audience", AudienceTests.stock)]
      let response = try await server.send(
        TestRequest(form: client.tokenForm(["scope": "item,stock"]) + both)
      )
      #expect(try audience(response) == [AudienceTests.standard, AudienceTests.stock])
      let twice = [("resource", AudienceTests.standard), ("resource", AudienceTests.stock)]
      #expect(
        try await audience(server, TestRequest(form: client.tokenForm(["scope": "stock,item"]) + twice)) == [
          AudienceTests.standard, AudienceTests.stock,
        ]
      )
      let oneUnknown = [("resource", AudienceTests.standard), ("resource", "https://unknown.example")]
      expect(
        try await server.send(TestRequest(form: client.tokenForm(["scope": "item"]) + oneUnknown)),
        is: AudienceTests.invalidTarget
      )
    }
  }

  @Test("T8 resource and audience may be repeated, an empty one counts as omitted")
  func repeated() async throws {
    try await run { server, client async throws in
      let form = client.tokenForm(["scope": "item"])
      let resource = ("resource", AudienceTests.standard)
      for extra in [
        [resource, resource], [("resource", ""), resource], [("audience", ""), ("audience", "")],
      ] {
        #expect(try await audience(server, TestRequest(form: form + extra)) == [AudienceTests.standard])
      }
    }
  }

  @Test("T32 a token is for no API that it has no scope of, and has no scope of an API that was not named")
  func minimal() async throws {
    try await run { server, client async throws in
      #expect(try await audience(server, request(client, scope: "item")) == [AudienceTests.standard])
      expect(
        try await server.send(
          request(
            client,
            scope: "item",
            ("resource", AudienceTests.standard),
            ("resource", AudienceTests.stock)
          )
        ),
        is: AudienceTests.invalidTarget
      )
      expect(
        try await server.send(request(client, scope: "item,stock", ("resource", AudienceTests.standard))),
        is: .invalidScope
      )
    }
  }

  @Test("A6 the audience is the resource that was named")
  func named() async throws {
    try await run { server, client async throws in
      for (scope, resource) in [("item", AudienceTests.standard), ("stock", AudienceTests.stock)] {
        let response = try await server.send(request(client, scope: scope, ("resource", resource)))
        #expect(try audience(response) == [resource])
      }
    }
  }

  @Test("A7 without a resource the audience is that of the scopes")
  func standardAudience() async throws {
    try await run { server, client async throws in
      #expect(try await audience(server, request(client, scope: "stock")) == [AudienceTests.stock])
    }
  }

  @Test("A8 scopes of several APIs without a resource make a token for all of them")
  func allAudiences() async throws {
    try await run { server, client async throws in
      let response = try await server.send(request(client, scope: "stock,item"))
      #expect(try audience(response) == [AudienceTests.standard, AudienceTests.stock])
    }
  }

  @Test("T32 the default scopes are those of the named resource only")
  func defaults() async throws {
    try await run { server, client async throws in
      guard Door.current == .standard else { return }
      let all = try await server.send(request(client, scope: nil))
      #expect(all.member("scope") == "item stock")
      let named = try await server.send(request(client, scope: nil, ("resource", AudienceTests.stock)))
      #expect(named.member("scope") == "stock")
      let other = try await server.makeClient {
        $0.scopes = ["item", "stock"]
        $0.defaultScopes = ["item"]
      }
      expect(
        try await server.send(request(other, scope: nil, ("resource", AudienceTests.stock))),
        is: SeedError(
          status: 400,
          name: "invalid_scope",
          reason: "None of the default scopes belongs to the requested resource"
        )
      )
      #expect(try audience(named) == [AudienceTests.stock])
    }
  }

  @Test("P an API can take one format of tokens only, and APIs that take different ones share none")
  func formats() async throws {
    try await run { server, client async throws in
      var update = ResourceUpdate()
      update.tokenFormat = .some(.opaque)
      _ = try await server.administration.updateResource(AudienceTests.stock, update)
      try await server.directory.catchUp()
      let opaque = try #require(try await server.send(request(client, scope: "stock")).accessToken)
      #expect(!opaque.contains("."), "the resource's format goes before the client's")
      #expect(try #require(try await server.send(request(client, scope: "item")).accessToken).contains("."))
      update.tokenFormat = .some(.jwt)
      _ = try await server.administration.updateResource(AudienceTests.standard, update)
      try await server.directory.catchUp()
      expect(
        try await server.send(request(client, scope: "item,stock")),
        is: SeedError(
          status: 400,
          name: "invalid_target",
          reason: "The requested resources require different kinds of token"
        )
      )
    }
  }
}
