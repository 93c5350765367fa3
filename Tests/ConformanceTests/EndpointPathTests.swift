import TesseraCore
import TesseraTestSupport
import Testing

/// Where the token endpoints are.
@Suite struct EndpointPathTests {
  private static let documents = [
    "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
  ]

  private func run(
    contract: String?,
    standard: String?,
    issuer: String = TestServer.issuer,
    _ body: (TestServer, TestClient) async throws -> Void
  ) async throws {
    var options = TestServer.Options()
    options.contractPath = contract
    options.standardPath = standard
    options.issuer = issuer
    try await TestServer.run(options) { server async throws in
      try await body(server, try await server.makeClient())
    }
  }

  @Test("W7 a token endpoint that was moved is where the metadata says, and no longer where it was")
  func moved() async throws {
    try await run(contract: "/login/token", standard: "/oauth/token") { server, client async throws in
      let standard = try await server.send(client.tokenRequest().at("/oauth/token"))
      #expect(standard.member("token_type") == "Bearer")
      #expect(try await server.send(client.tokenRequest().at("/login/token")).member("accessToken") != nil)
      #expect(try await server.send(client.tokenRequest().at("/oauth2/token")).status == 404)
      for path in EndpointPathTests.documents {
        #expect(try await server.get(path).member("token_endpoint") == TestServer.issuer + "/oauth/token")
      }
    }
  }

  @Test("W7 an endpoint that is switched off is not there, and not advertised")
  func off() async throws {
    try await run(contract: nil, standard: "/oauth2/token") { server, client async throws in
      #expect(try await server.send(client.tokenRequest().at("/oauth/token")).status == 404)
      #expect(try await server.send(client.tokenRequest().at("/oauth2/token")).status == 200)
    }
    try await run(contract: "/oauth/token", standard: nil) { server, client async throws in
      #expect(try await server.send(client.tokenRequest().at("/oauth2/token")).status == 404)
      #expect(try await server.send(client.tokenRequest().at("/oauth/token")).status == 200)
      let metadata = try await server.get(EndpointPathTests.documents[0])
      #expect(metadata.json["token_endpoint"] == nil && !metadata.text.contains("oauth/token"))
    }
  }

  @Test("W4 below the path of the issuer a moved endpoint is too")
  func issuerPath() async throws {
    try await run(contract: nil, standard: "/token", issuer: "https://a.example/tenant") {
      server,
      client async throws in
      for path in ["/token", "/tenant/token"] {
        #expect(try await server.send(client.tokenRequest().at(path)).status == 200, "\(path)")
      }
    }
  }

  @Test("P the paths that cannot be chosen are those of the other endpoints")
  func taken() async throws {
    try await run(contract: nil, standard: "/t") { server, _ async throws in
      let others = server.authorizationServer.endpoints.map(\.path).filter { $0 != "/t" }
      #expect(Set(others.filter { EndpointPath.isAllowed($0) }) == EndpointPath.taken)
      for path in others {
        #expect(!EndpointPath.isAllowed(path) || EndpointPath.taken.contains(path), "\(path)")
      }
    }
  }

  /// At a path of its own it would be found.
  private struct UnreachableEndpoint: Endpoint {
    let path: String

    func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
      EndpointResponse(status: 200, headers: [:], body: [])
    }

    func response(for error: OAuthError) -> EndpointResponse {
      StandardErrors(documentation: nil).response(for: error)
    }
  }

  @Test("P two endpoints at one path stop the start, and at two do not")
  func collision() async throws {
    for (issuer, path) in [
      (TestServer.issuer, "/oauth2/verify"), ("https://a.example/b", "/b/oauth2/verify"),
    ] {
      var options = TestServer.Options()
      options.issuer = issuer
      options.adding = { $0.endpoints.append(UnreachableEndpoint(path: path)) }
      let collision = await #expect(throws: PathCollision.self) { try await TestServer.run(options) { _ in } }
      #expect(
        collision?.description
          == "two endpoints are at \(path), where only one can be: give one of them another path"
      )
      options.adding = { $0.endpoints.append(UnreachableEndpoint(path: "/oauth2/verified")) }
      try await TestServer.run(options) { server async throws in
        #expect(try await server.get("/oauth2/verified").status == 200)
      }
    }
  }
}
