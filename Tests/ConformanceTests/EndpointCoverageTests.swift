import TesseraCore
import TesseraTestSupport
import Testing

/// No endpoint without a test that calls it without credentials.
@Suite struct EndpointCoverageTests {
  /// What each endpoint says to a request without credentials.
  ///
  /// A new endpoint gets its line here.
  private static let withoutCredentials: [String: (status: Int, body: String)] = [
    "/oauth/token": (400, ContractError.missingCredentials.body),
    "/oauth2/token": (401, RFC6749Error.missingCredentials.body),
    "/oauth2/introspect": (401, RFC6749Error.missingCredentials.body),
    "/oauth2/revoke": (401, RFC6749Error.missingCredentials.body),
    "/oauth2/verify?any=true": (401, ""),
    "/oauth2/authorize": (400, RFC6749Error.nobodySignsIn.body),
    // What everybody may read takes only GET and HEAD.
    "/oauth2/revocations": (405, RFC6749Error.onlyRead.body),
    "/.well-known/jwks.json": (405, RFC6749Error.onlyRead.body),
    "/.well-known/jwks-pq.json": (405, RFC6749Error.onlyRead.body),
    "/.well-known/oauth-authorization-server": (405, RFC6749Error.onlyRead.body),
    "/.well-known/openid-configuration": (405, RFC6749Error.onlyRead.body),
  ]

  @Test("P every endpoint has an expectation for a request without credentials, and keeps it")
  func everyEndpoint() async throws {
    try await TestServer.run { server in
      let paths = Set(server.authorizationServer.endpoints.map(\.path))
      let known = EndpointCoverageTests.withoutCredentials.keys.map { String($0.prefix { $0 != "?" }) }
      #expect(paths == Set(known))
      for (path, expected) in EndpointCoverageTests.withoutCredentials {
        var request = TestRequest(form: [("grant_type", "client_credentials"), ("scope", "item")])
        request.target = path
        let response = try await server.send(request)
        #expect(response.status == expected.status)
        #expect(response.text == expected.body)
      }
    }
  }
}
