import TesseraCore
import TesseraHTTP
import TesseraJOSE
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// What is issued can be used: the largest token that a registration allows is read wherever tokens are.
@Suite struct TokenLengthTests {
  /// What a token is signed by; nil for an opaque one.
  static let makers: [SigningAlgorithm?] = [nil] + SigningAlgorithm.ofTokens

  private static let resource = "https://large.example"

  /// A server with an API whose tokens are made so.
  private static func run(
    _ algorithm: SigningAlgorithm?,
    _ body: (TestServer) async throws -> Void
  ) async throws {
    try await TestServer.run { server async throws in
      _ = try await server.administration.createResource(
        resource,
        description: "Large",
        tokenFormat: algorithm == nil ? .opaque : .jwt,
        signingAlgorithm: algorithm
      )
      // The first key of an algorithm is used once the key set of before is no longer kept.
      server.clocks.advance(seconds: 400)
      try await body(server)
    }
  }

  private static func makeScope(_ name: String, _ server: TestServer) async throws {
    _ = try await server.administration.createScope(name, description: "Large", resource: resource)
  }

  /// A client with these scopes; nil when it is refused because of its tokens.
  private static func client(_ scopes: [String], _ server: TestServer) async throws -> TestClient? {
    do {
      return try await server.makeClient { $0.scopes = scopes }
    } catch AdministrationError.invalid(_, let reason)
      where reason.contains("an HTTP header field has room for")
    {
      return nil
    }
  }

  /// The largest client that is registered: scopes of 128 characters, and one to fill the rest.
  private static func largestClient(_ server: TestServer) async throws -> (TestClient, scopes: [String]) {
    var scopes: [String] = []
    var largest: TestClient?
    var length = 128
    while length > 0 {
      let number = String(scopes.count)
      let name = number + String(repeating: "s", count: max(0, length - number.utf8.count))
      if scopes.last.map({ $0 != name }) ?? true { try? await makeScope(name, server) }
      if let client = try await client(scopes + [name], server) {
        scopes.append(name)
        largest = client
      } else {
        length = length > 16 ? length / 2 : length - 1
      }
    }
    return (try #require(largest), scopes)
  }

  @Test(
    "the largest token that a registration allows verifies, introspects and revokes",
    arguments: makers
  )
  func largest(algorithm: SigningAlgorithm?) async throws {
    try await TokenLengthTests.run(algorithm) { server async throws in
      let (client, scopes) = try await TokenLengthTests.largestClient(server)
      try await server.replica.catchUp()
      let resourceServer = try await server.makeClient {
        $0.scopes = []
        $0.introspectedResources = [TokenLengthTests.resource]
      }
      let issued = try await server.send(client.tokenRequest(["scope": scopes.joined(separator: ",")]))
      let token = try #require(issued.accessToken, "\(issued.text)")
      let length = token.utf8.count
      #expect(length <= AccessTokenLength.maximum)
      #expect(length > AccessTokenLength.maximum - 1000, "or the bound would be far too careful")
      if let algorithm { #expect(try TestJWT(token).header["alg"] as? String == algorithm.name) }

      let world = TokenWorld(server: server, client: client, resourceServer: resourceServer, token: token)
      let verified = try await world.verify("scope=\(scopes[0])", authorization: "Bearer \(token)")
      #expect(verified.status == 200)
      #expect(verified.header("x-auth-scope") == scopes.joined(separator: " "))
      #expect(try await world.introspect(token).text.contains(#""active":true"#))
      #expect(try await world.revoke(token).status == 200)
      #expect(try await world.introspect(token).text == TokenWorld.inactive)
    }
  }

  @Test(
    "a header field with the longest token is one that the server reads, and one that is longer is not"
  )
  func headerField() async throws {
    try await TokenWorld.run { world async throws in
      for (length, status) in [(AccessTokenLength.maximum, 401), (8192, 431)] {
        let token = String(repeating: "a", count: length)
        let response = try await world.verify("scope=item", authorization: "Bearer \(token)")
        #expect(response.status == status)
      }
      #expect(HTTPLimits().maximumFieldSize == 8192)
    }
  }

  @Test("what would make tokens too long is refused at registration, with the reason")
  func refused() async throws {
    try await TestServer.run { server async throws in
      let long = String(repeating: "é", count: 100)
      let claims = Dictionary(uniqueKeysWithValues: (0..<16).map { ("claim\($0)", long + "") })
      let wide = claims.mapValues { _ in String(repeating: "\u{1F600}", count: 100) }
      let client = try await server.makeClient {
        $0.tokenFormat = .jwt
        $0.claims = claims
      }
      var update = ClientUpdate()
      update.claims = try ClientClaims(wide)
      await #expect(throws: AdministrationError.self) {
        try await server.administration.updateClient(client.id, update)
      }
      let stored = try await server.store.client(client.id)
      #expect(stored?.claims == claims)
      let opaque = try await server.makeClient {
        $0.tokenFormat = .opaque
        $0.claims = wide
      }
      update = ClientUpdate()
      update.tokenFormat = .jwt
      await #expect(throws: AdministrationError.self) {
        try await server.administration.updateClient(opaque.id, update)
      }
      var resource = ResourceUpdate()
      resource.tokenFormat = .jwt
      await #expect(throws: AdministrationError.self, "by the API whose tokens it gets") {
        try await server.administration.updateResource(Administration.defaultResource, resource)
      }
      update = ClientUpdate()
      update.name = try DisplayName("another name")
      #expect(try await server.administration.updateClient(opaque.id, update).name == "another name")
    }
  }

  /// A client of a database from before this was checked at registration.
  @Test("a token that would be too long is refused, and one with fewer scopes is not")
  func lastResort() async throws {
    try await TokenLengthTests.run(nil) { server async throws in
      let scopes = (0..<64).map { "\($0 + 10)" + String(repeating: "s", count: 126) }
      for scope in scopes { try await TokenLengthTests.makeScope(scope, server) }
      let client = try await server.makeClient { $0.scopes = [scopes[0]] }
      let all = ScopeSet(scopes.compactMap { Scope($0) })
      try await server.change(client) { $0.scopes = all }
      let refused = try await server.send(client.tokenRequest(["scope": scopes.joined(separator: ",")]))
      #expect(refused.status == 400)
      #expect(
        refused.member("message") == "Invalid scope: The token would be too long; ask for fewer scopes"
      )
      let some = scopes[..<30].joined(separator: ",")
      #expect(try await server.send(client.tokenRequest(["scope": some])).status == 200)
    }
  }
}
