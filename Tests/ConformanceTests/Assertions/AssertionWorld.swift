import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// A server with a client that signs.
struct AssertionWorld: Sendable {
  let server: TestServer
  let client: TestClient
  let key: TestSigner

  static func run(
    _ algorithm: SigningAlgorithm = .es256,
    isStrict: Bool = false,
    _ options: TestServer.Options = TestServer.Options(),
    _ body: (AssertionWorld) async throws -> Void
  ) async throws {
    var options = options
    // What is refused here is many, and not what is looked at.
    options.failureLimit.freeFailures = 1000
    options.requiresStrictAssertions = isStrict
    try await TestServer.run(options) { server in
      let client = try await server.makeClient { $0.authenticationMethod = .privateKeyJWT }
      let key = TestSigner(algorithm)
      try await server.register([key], of: client)
      try await body(AssertionWorld(server: server, client: client, key: key))
    }
  }

  /// A good assertion but for this.
  func assertion(
    by signer: TestSigner? = nil,
    _ change: (inout TestAssertion) -> Void = { _ in }
  ) -> String {
    var assertion = server.assertion(of: client)
    change(&assertion)
    return assertion.signed(by: signer ?? key)
  }

  func send(_ assertion: String, _ form: [String: String?] = [:]) async throws -> TestResponse {
    try await server.send(client.tokenRequest(signed: assertion, form))
  }

  /// Sends an assertion that is good but for one claim, which is given as JSON or left out.
  func send(_ name: String, _ json: String?) async throws -> TestResponse {
    try await send(assertion { $0.set(name, json) })
  }

  /// One that is as it has to be still gets a token.
  func expectTwinPasses(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    expect(try await send(assertion()), grants: "item", "the twin", sourceLocation: sourceLocation)
  }
}
