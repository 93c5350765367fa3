import TesseraCore
import TesseraTestSupport
import Testing

/// What the guides make works.
@Suite struct ToyTests {
  @Test(.registeredForAToy, .everyDoor) func theGrantOfTheGuideGrants() async throws {
    let book = VoucherBook(["spring": ["item"]])
    var options = TestServer.Options()
    options.adding = { parts in
      parts.grants.append(VoucherGrant(book: book))
    }
    try await TestServer.run(options) { server in
      let (client, other) = (try await server.makeClient(), try await server.makeClient())
      try await server.change(client) { $0.grantTypes = [.voucher] }
      func ask(_ client: TestClient, _ form: [String: String?]) async throws -> TestResponse {
        let changes: [String: String?] = ["grant_type": GrantType.voucher.name, "scope": nil]
        return try await server.send(client.tokenRequest(changes.merging(form) { $1 }))
      }
      expect(try await ask(client, [:]), is: .invalidRequest("Missing parameter: voucher"))
      expect(
        try await ask(other, ["voucher": "spring"]),
        is: ContractError(
          status: 400,
          name: "unauthorized_client",
          reason: "Grant type is not allowed for this client"
        )
      )
      let response = try await ask(client, ["voucher": "spring"])
      expect(response, grants: "item")
      let token = try #require(response.accessToken)
      let opened = try #require(try server.openToken(token))
      #expect(opened.grant.grantType.code == GrantType.voucher.code)
      #expect(opened.grant.audiences.map(\.uri) == [Administration.defaultResource])
      let metadata = try await server.get("/.well-known/oauth-authorization-server")
      #expect(
        metadata.json["grant_types_supported"] as? [String] == ["client_credentials", "urn:example:voucher"]
      )
    }
  }

  @Test(.everyDoor) func theAuthenticatorOfTheGuideProves() async throws {
    let id = try #require(ClientID("turnstile"))
    var options = TestServer.Options()
    options.adding = { parts in
      parts.authenticators.append(BadgeAuthenticator(badges: ["A-17": id]))
    }
    try await TestServer.run(options) { server in
      let client = try await server.makeClient { $0.id = id.rawValue }
      let other = try await server.makeClient()
      func ask(_ client: TestClient, _ form: [String: String?]) async throws -> TestResponse {
        let changes: [String: String?] = ["client_secret": nil]
        return try await server.send(client.tokenRequest(changes.merging(form) { $1 }))
      }
      expect(try await ask(client, ["badge": "A-17"]), grants: "item")
      expect(try await ask(client, ["badge": "A-18"]), is: .failedInBody)
      expect(try await ask(other, ["badge": "A-17"]), is: .failedInBody)
      expect(try await ask(other, ["badge": "A-17", "client_id": nil]), is: .missingCredentials)
      expect(try await ask(client, ["badge": "A-17", "client_secret": client.secret]), is: .severalMethods)
      let metadata = try await server.get("/.well-known/oauth-authorization-server")
      #expect(
        metadata.json["token_endpoint_auth_methods_supported"] as? [String]
          == ["client_secret_basic", "client_secret_post", "private_key_jwt", "client_secret_jwt", "badge"]
      )
    }
  }

  @Test func theEndpointOfTheGuideAnswers() async throws {
    var options = TestServer.Options()
    options.adding = { parts in
      parts.endpoints.append(
        ScopesEndpoint(clock: parts.clock, inspector: parts.inspector, errors: parts.errors)
      )
    }
    try await TestServer.run(options) { server in
      let client = try await server.makeClient()
      let token = try #require(try await server.send(client.tokenRequest()).accessToken)
      let response = try await server.send(TestRequest(body: token).at("/oauth2/scopes"))
      #expect(response.status == 200 && response.text == "item")
      expect(
        try await server.send(TestRequest(body: token + "a").at("/oauth2/scopes")),
        refuses: .invalidRequest("The token is not active")
      )
      let metadata = try await server.get("/.well-known/oauth-authorization-server")
      #expect(metadata.member("scopes_endpoint") == TestServer.issuer + "/oauth2/scopes")
    }
  }
}
