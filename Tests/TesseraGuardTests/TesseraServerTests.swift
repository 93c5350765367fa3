import Foundation
import TesseraCore
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraGuard

/// Against Tessera itself.
@Suite(.timeLimit(.minutes(5))) struct TesseraServerTests {
  private struct World {
    let server: TestServer
    let client: TestClient
    let verifier: AccessTokenVerifier
    let token: String
  }

  private func run(secret: String? = nil, _ body: (World) async throws -> Void) async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let api = try await server.makeClient {
        $0.scopes = []
        $0.introspectedResources = ["https://api.ants.tech"]
      }
      let response = try await server.send(client.tokenRequest(["scope": "item,event"]))
      let token = try #require(response.member("accessToken"))
      var settings = AccessTokenVerifier.Settings()
      settings.maximumAge = .zero
      // No deadline strikes by chance on a machine that is busy with other tests.
      settings.timeout = .seconds(120)
      try await withTestHTTPClient { httpClient in
        let verifier = try AccessTokenVerifier(
          introspectionEndpoint: "http://127.0.0.1:\(server.port)/oauth2/introspect",
          credentials: .secret(clientID: api.id.rawValue, secret ?? api.secret),
          settings: settings,
          httpClient: httpClient,
          wallClock: { Date(server.clocks.wall.now) }
        )
        try await body(World(server: server, client: client, verifier: verifier, token: token))
      }
    }
  }

  @Test func aTokenIsValidUntilItIsRevoked() async throws {
    try await run { world async throws in
      let token = try await world.verifier.verify(world.token)
      #expect(token.clientID == world.client.id.rawValue)
      #expect(token.scopes == ["item", "event"])
      #expect(token.audiences == ["https://api.ants.tech"])
      let issuedAt = try #require(token.issuedAt)
      #expect(token.expiresAt == issuedAt.addingTimeInterval(3600))
      #expect(token.tokenID?.isEmpty == false)
      var revocation = TestRequest(form: [
        ("client_id", world.client.id.rawValue), ("client_secret", world.client.secret),
        ("token", world.token),
      ])
      revocation.target = "/oauth2/revoke"
      #expect(try await world.server.send(revocation).status == 200)
      await #expect(throws: VerificationError.invalidToken) { try await world.verifier.verify(world.token) }
    }
  }

  @Test func theTokenOfADisabledClientIsInvalid() async throws {
    try await run { world async throws in
      _ = try await world.verifier.verify(world.token)
      try await world.server.change(world.client) { $0.disable(at: $0.updatedAt) }
      await #expect(throws: VerificationError.invalidToken) { try await world.verifier.verify(world.token) }
    }
  }

  @Test func aWrongSecretOfOurOwnIsNoVerdictOnTheToken() async throws {
    try await run(secret: "wrong-secret") { world async throws in
      await #expect(
        throws: VerificationError.unavailable(Outage(.refused(status: 401), retryAfter: .seconds(5)))
      ) { try await world.verifier.verify(world.token) }
    }
  }
}
