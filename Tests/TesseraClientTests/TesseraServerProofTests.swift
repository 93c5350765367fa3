import AsyncHTTPClient
import Foundation
import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraClient

/// Clients without a secret, and bound tokens, against Tessera itself, in both of its dialects.
@Suite(.timeLimit(.minutes(5)), .everyDoor) struct TesseraServerProofTests {
  /// A server with a client of this key, and a source for it.
  private func run(
    _ key: ClientPrivateKey,
    _ identity: (TestClient) -> ClientIdentity,
    options: TestServer.Options = TestServer.Options(),
    settings: ClientCredentialsTokenSource.Settings = .init(),
    _ body: (TestServer, ClientCredentialsTokenSource) async throws -> Void
  ) async throws {
    // No deadline strikes by chance on a machine that is busy with other tests.
    var settings = settings
    settings.requestTimeout = .seconds(120)
    settings.totalTimeout = .seconds(240)
    try await TestServer.run(options) { server in
      let client = try await server.makeClient { $0.authenticationMethod = .privateKeyJWT }
      let time = server.clocks.wall.now
      try await server.change(client) { client in
        let jwk = JWK(
          material: key.key.publicMaterial,
          keyID: key.keyID,
          algorithm: SigningAlgorithm(key.algorithm.rawValue)
        )
        client.keyMetadata.keys = [
          ClientKey(name: "key", material: .key(jwk), createdAt: time, expiresAt: nil)
        ]
      }
      // The issuer's URL, which names another port than the one that the system has picked.
      try await withTestHTTPClient(through: server.port) { httpClient in
        let source = try ClientCredentialsTokenSource(
          tokenEndpoint: TestServer.issuer + Door.current.rawValue,
          dialect: Door.current == .contract ? .contract : .rfc6749,
          identity: identity(client),
          settings: settings,
          httpClient: httpClient,
          wallClock: { Date(timeIntervalSince1970: Double(server.clocks.wall.now.milliseconds) / 1000) }
        )
        try await body(server, source)
      }
    }
  }

  private func grant(_ server: TestServer, _ token: TesseraClient.AccessToken) throws -> AccessGrant {
    try #require(try server.openToken(token.value)).grant
  }

  @Test(arguments: ClientPrivateKey.Algorithm.allCases)
  func aKeyGetsTokens(algorithm: ClientPrivateKey.Algorithm) async throws {
    let key = try KeyFixture.key(algorithm)
    try await run(key) {
      .privateKey(key, clientID: $0.id.rawValue)
    } _: { server, source async throws in
      let token = try await source.token(for: ["item"])
      #expect(token.scopes == ["item"])
      #expect(token.authorization == "Bearer \(token.value)")
      #expect(try grant(server, token).confirmation == nil)
      _ = try await source.token(for: ["event"])
    }
  }

  @Test func aStrictServerTakesTheIssuerAsTheAudience() async throws {
    let key = try KeyFixture.key(.es256, keyID: "mine")
    var options = TestServer.Options()
    options.requiresStrictAssertions = true
    try await run(
      key,
      { .privateKey(key, clientID: $0.id.rawValue, audience: TestServer.issuer) },
      options: options
    ) { _, source async throws in
      _ = try await source.token(for: ["item"])
    }
    try await run(key, { .privateKey(key, clientID: $0.id.rawValue) }, options: options) {
      _,
      source async throws in
      let error = await #expect(throws: TokenRequestError.self) { try await source.token(for: ["item"]) }
      #expect(error?.name == "invalid_client")
    }
  }

  @Test func anotherKeyIsRefused() async throws {
    let other = ClientPrivateKey.generate()
    try await run(try KeyFixture.key(.es256)) {
      .privateKey(other, clientID: $0.id.rawValue)
    } _: { _, source async throws in
      let error = await #expect(throws: TokenRequestError.self) { try await source.token(for: ["item"]) }
      #expect(error?.name == "invalid_client")
    }
  }

  @Test(arguments: [false, true], [ClientPrivateKey.Algorithm.es256, .rs256])
  func tokensAreBoundToTheKeyOfTheProof(
    requiresNonce: Bool,
    algorithm: ClientPrivateKey.Algorithm
  ) async throws {
    let (key, proofKey) = (try KeyFixture.key(.es256), try KeyFixture.key(algorithm))
    var options = TestServer.Options()
    options.requiresProofNonce = requiresNonce
    var settings = ClientCredentialsTokenSource.Settings()
    settings.dpop = TesseraClient.DPoPBinding(key: proofKey)
    try await run(key, { .privateKey(key, clientID: $0.id.rawValue) }, options: options, settings: settings) {
      server,
      source async throws in
      let thumbprint = JWK.thumbprint(of: proofKey.key.publicMaterial)
      let bound = Confirmation.key(thumbprint: Base64URL.decode(thumbprint.utf8) ?? [])
      for scope in ["item", "event"] {
        let token = try await source.token(for: [scope])
        #expect(token.authorization == "DPoP \(token.value)")
        #expect(try grant(server, token).confirmation == bound)
      }
    }
  }
}
