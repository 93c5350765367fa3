import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// A server with a client that has no secret and no key, and trusts a platform.
struct FederationWorld: Sendable {
  let server: TestServer
  let client: TestClient
  /// That of the platform.
  let key: TestSigner
  let token: @Sendable (_ now: Int64) -> TestAssertion

  /// Trusts what the platform's token says of itself, where these claims are as in it or as they are given.
  static func run(
    _ token: @escaping @Sendable (_ now: Int64) -> TestAssertion = PlatformToken.gitHub,
    issuer: String = "https://token.actions.githubusercontent.com",
    by algorithm: SigningAlgorithm = .rs256,
    claims: [String: String] = ["repository": "acme/app", "environment": "production"],
    longestLifetime: Int = 86_400,
    isReusable: Bool = true,
    _ body: (FederationWorld) async throws -> Void
  ) async throws {
    var options = TestServer.Options()
    // What is refused here is many, and not what is looked at.
    options.failureLimit.freeFailures = 1000
    try await TestServer.run(options) { server in
      let client = try await server.makeClient { $0.authenticationMethod = .privateKeyJWT }
      #expect(client.secret.isEmpty, "no secret is registered")
      let world = FederationWorld(server: server, client: client, key: TestSigner(algorithm), token: token)
      try await world.trust(
        world.trust(issuer, claims, longestLifetime: longestLifetime, isReusable: isReusable)
      )
      try await body(world)
    }
  }

  func trust(
    _ issuer: String,
    _ claims: [String: String],
    name: String = "platform",
    audiences: [String] = [PlatformToken.audience],
    keys: [TestSigner]? = nil,
    longestLifetime: Int = 86_400,
    isReusable: Bool = true
  ) -> ClientTrust {
    ClientTrust(
      name: name,
      preset: .generic,
      issuer: issuer,
      audiences: audiences,
      conditions: claims.map { ClaimCondition($0.key, $0.value) },
      keys: .given((keys ?? [key]).map(\.jwk)),
      longestLifetime: longestLifetime,
      isReusable: isReusable,
      createdAt: server.clocks.wall.now
    )
  }

  /// What the client trusts from now on.
  func trust(_ trusts: ClientTrust...) async throws {
    try await server.change(client) { $0.keyMetadata.trusts = trusts }
  }

  /// A good token of the platform but for this.
  func assertion(by signer: TestSigner? = nil, _ change: (inout TestAssertion) -> Void = { _ in }) -> String {
    var assertion = token(server.seconds)
    change(&assertion)
    return assertion.signed(by: signer ?? key)
  }

  func send(_ assertion: String, _ form: [String: String?] = [:]) async throws -> TestResponse {
    let usual: [String: String?] = ["client_id": client.id.rawValue]
    return try await server.send(client.tokenRequest(signed: assertion, usual.merging(form) { $1 }))
  }

  /// Sends a token that is good but for one claim, which is given as JSON or left out.
  func send(_ name: String, _ json: String?) async throws -> TestResponse {
    try await send(assertion { $0.set(name, json) })
  }

  /// One that is as it has to be still gets a token.
  func expectTwinPasses(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    expect(try await send(assertion()), grants: "item", "the twin", sourceLocation: sourceLocation)
  }
}
