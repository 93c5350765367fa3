import AsyncHTTPClient
import Foundation
import NIOPosix
import TesseraCore
import TesseraHTTP
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraClient

/// Clients without a secret, and bound tokens, against Tessera itself, in both of its dialects.
@Suite(.timeLimit(.minutes(5)), .everyDoor) struct TesseraServerProofTests {
  private struct World {
    let server: TestServer
    let issuer: String
    let source: ClientCredentialsTokenSource

    func grant(_ token: TesseraClient.AccessToken) throws -> AccessGrant {
      let inspector = TestInspector(
        replica: server.replica,
        formats: AuthorizationServer.tokenFormats(issuer: issuer),
        clock: server.clocks.wall
      )
      return try #require(try inspector.open(token.value[...].utf8)).grant
    }
  }

  /// A server whose issuer names the port that the system has picked, with a client of this key and a source for it.
  private func run(
    _ key: ClientPrivateKey,
    isStrict: Bool = false,
    requiresNonce: Bool = false,
    dpop: TesseraClient.DPoPBinding? = nil,
    identity: (TestClient, _ issuer: String) -> ClientIdentity,
    _ body: (World) async throws -> Void
  ) async throws {
    try await TestServer.run { server in
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
      let http = try await HTTPServer.start(
        [HTTPListener(host: "127.0.0.1", port: 0)],
        routes: { ports in
          try server.node.authorizationServer(
            AuthorizationServer.Settings(
              issuer: "http://127.0.0.1:\(ports[0])",
              requiresStrictAssertions: isStrict,
              requiresProofNonce: requiresNonce
            )
          ).routes
        },
        limits: TestServer.Options().limits,
        group: .singleton,
        clock: server.clocks.wall,
        logger: server.log.logger
      )
      do {
        let issuer = "http://127.0.0.1:\(http.ports[0])"
        try await withTestHTTPClient { httpClient in
          let source = try source(issuer, identity(client, issuer), dpop, server, httpClient)
          try await body(World(server: server, issuer: issuer, source: source))
        }
        await http.stop()
      } catch {
        await http.stop()
        throw error
      }
    }
  }

  private func source(
    _ issuer: String,
    _ identity: ClientIdentity,
    _ dpop: TesseraClient.DPoPBinding?,
    _ server: TestServer,
    _ httpClient: HTTPClient
  ) throws -> ClientCredentialsTokenSource {
    var settings = ClientCredentialsTokenSource.Settings()
    // No deadline strikes by chance on a machine that is busy with other tests.
    settings.requestTimeout = .seconds(120)
    settings.totalTimeout = .seconds(240)
    settings.dpop = dpop
    return try ClientCredentialsTokenSource(
      tokenEndpoint: issuer + Door.current.rawValue,
      dialect: Door.current == .contract ? .contract : .rfc6749,
      identity: identity,
      settings: settings,
      httpClient: httpClient,
      wallClock: { Date(server.clocks.wall.now) }
    )
  }

  @Test(arguments: ClientPrivateKey.Algorithm.allCases)
  func aKeyGetsTokens(algorithm: ClientPrivateKey.Algorithm) async throws {
    let key = try KeyFixture.key(algorithm)
    try await run(key) { client, _ in
      .privateKey(key, clientID: client.id.rawValue)
    } _: { world async throws in
      let token = try await world.source.token(for: ["item"])
      #expect(token.scopes == ["item"])
      #expect(token.authorization == "Bearer \(token.value)")
      #expect(try world.grant(token).confirmation == nil)
      _ = try await world.source.token(for: ["event"])
    }
  }

  @Test(arguments: [false, true])
  func aStrictServerTakesOnlyTheIssuerAsTheAudience(isStrict: Bool) async throws {
    let key = try KeyFixture.key(.es256, keyID: "mine")
    try await run(key, isStrict: isStrict) { client, issuer in
      .privateKey(key, clientID: client.id.rawValue, audience: issuer)
    } _: { world async throws in
      _ = try await world.source.token(for: ["item"])
    }
    try await run(key, isStrict: isStrict) { client, _ in
      .privateKey(key, clientID: client.id.rawValue)
    } _: { world async throws in
      guard isStrict else {
        _ = try await world.source.token(for: ["item"])
        return
      }
      let error = await #expect(throws: TokenRequestError.self) {
        try await world.source.token(for: ["item"])
      }
      #expect(error?.name == "invalid_client")
    }
  }

  @Test func anotherKeyIsRefused() async throws {
    let other = ClientPrivateKey.generate()
    try await run(try KeyFixture.key(.es256)) { client, _ in
      .privateKey(other, clientID: client.id.rawValue)
    } _: { world async throws in
      let error = await #expect(throws: TokenRequestError.self) {
        try await world.source.token(for: ["item"])
      }
      #expect(error?.name == "invalid_client")
    }
  }

  @Test(arguments: [false, true], [ClientPrivateKey.Algorithm.es256, .rs256])
  func tokensAreBoundToTheKeyOfTheProof(
    requiresNonce: Bool,
    algorithm: ClientPrivateKey.Algorithm
  ) async throws {
    let (key, proofKey) = (try KeyFixture.key(.es256), try KeyFixture.key(algorithm))
    let binding = TesseraClient.DPoPBinding(key: proofKey)
    try await run(key, requiresNonce: requiresNonce, dpop: binding) { client, _ in
      .privateKey(key, clientID: client.id.rawValue)
    } _: { world async throws in
      let thumbprint = JWK.thumbprint(of: proofKey.key.publicMaterial)
      let bound = Confirmation.key(thumbprint: Base64URL.decode(thumbprint.utf8) ?? [])
      for scope in ["item", "event"] {
        let token = try await world.source.token(for: [scope])
        #expect(token.authorization == "DPoP \(token.value)")
        #expect(try world.grant(token).confirmation == bound)
      }
    }
  }
}
