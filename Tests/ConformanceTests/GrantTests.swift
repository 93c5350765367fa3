import TesseraCore
import TesseraTestSupport
import Testing

/// Who gets which grant (RFC 6749 §4.4, §5.2).
@Suite(.everyDoor) struct GrantTests {
  @Test("T10 a missing grant_type is refused")
  func missing() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      expect(
        try await server.send(client.tokenRequest(["grant_type": nil])),
        is: .invalidRequest("Missing parameter: grant_type")
      )
      expect(
        try await server.send(client.basicTokenRequest(["grant_type": nil])),
        is: .invalidRequest("Missing parameter: grant_type")
      )
    }
  }

  static let unsupported = SeedError(
    status: 400,
    name: "unsupported_grant_type",
    reason: "Grant type is not supported"
  )

  @Test(
    "T11 an unknown or wrong-case grant_type is unsupported",
    arguments: [
      "Client_Credentials", "CLIENT_CREDENTIALS", "client_credentials ", "nonsense", "refresh_token",
    ]
  )
  func unknown(grantType: String) async throws {
    try await TestServer.run { server in
      let request = try await server.makeClient().tokenRequest(["grant_type": grantType])
      expect(try await server.send(request), is: GrantTests.unsupported)
    }
  }

  @Test("T12 a grant that the client may not use is refused")
  func notAllowed() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      try await server.change(client) { $0.grantTypes = [] }
      expect(
        try await server.send(client.tokenRequest()),
        is: SeedError(
          status: 400,
          name: "unauthorized_client",
          reason: "Grant type is not allowed for this client"
        )
      )
    }
  }

  @Test("T13 a public client never gets a client-credentials token")
  func publicClient() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.authenticationMethod = ClientAuthenticationMethod.none }
      #expect(client.secret.isEmpty)
      expect(try await server.send(client.tokenRequest()), is: .missingCredentials)
      expect(
        try await server.send(client.tokenRequest(["client_secret": "anything"])),
        is: .failedInBody
      )
      // Even one that somehow has a secret.
      let confidential = try await server.makeClient()
      try await server.change(confidential) { $0.authenticationMethod = ClientAuthenticationMethod.none }
      expect(try await server.send(confidential.tokenRequest()), is: .failedInBody)
    }
  }

  @Test("T14 a request without authentication is refused")
  func unauthenticated() async throws {
    try await TestServer.run { server in
      let form = [("grant_type", "client_credentials"), ("scope", "item")]
      let response = try await server.send(TestRequest(form: form))
      expect(response, is: .noCredentials)
      #expect((response.header("www-authenticate") == nil) == (Door.current == .seed))
    }
  }

  @Test("T15 the password grant is refused")
  func password() async throws {
    try await TestServer.run { server in
      let request = try await server.makeClient()
        .tokenRequest(["grant_type": "password", "username": "u", "password": "p"])
      expect(try await server.send(request), is: GrantTests.unsupported)
    }
  }
}
