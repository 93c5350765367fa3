import Foundation
import TesseraJOSE
import TesseraStoreTesting
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore
@testable import TesseraGuard

/// Offline, against Tessera itself.
@Suite(.timeLimit(.minutes(5))) struct TesseraTokensTests {
  @Test func aTokenSaysWhatTheServerGranted() async throws {
    try await OfflineServer.run { world async throws in
      let client = try await world.makeClient()
      let token = try await world.verifier.verify(try await world.token(of: client))
      #expect(token.clientID == client.id.rawValue)
      #expect(token.scopes == ["item"])
      #expect(token.audiences == [OfflineServer.audience])
      let issuedAt = try #require(token.issuedAt)
      #expect(issuedAt.timeIntervalSince1970 == 1_691_671_317.643)
      #expect(token.expiresAt == Date(timeIntervalSince1970: 1_691_674_917))
    }
  }

  @Test func aTokenBySignaturesThatQuantumComputersDoNotBreakIsVerified() async throws {
    try await OfflineServer.run { world async throws in
      var update = ResourceUpdate()
      update.signingAlgorithm = .some(.mlDSA65)
      _ = try await world.server.administration.updateResource(OfflineServer.audience, update)
      try await world.server.replica.catchUp()
      // Its key is published for a while before it is used.
      world.server.clocks.advance(seconds: 86_400)
      try await world.server.replica.catchUp()
      let client = try await world.makeClient()
      let token = try await world.token(of: client)
      let header = try #require(token.split(separator: ".").first.flatMap { Base64URL.decode($0.utf8) })
      #expect(String(decoding: header, as: UTF8.self).contains(#""alg":"ML-DSA-65""#))
      #expect(await world.verdict(token) == .valid)
      #expect(await world.verdict(String(token.dropLast(4)) + "AAAA") == .invalid)
    }
  }

  @Test func anOpaqueTokenIsNone() async throws {
    try await OfflineServer.run { world async throws in
      let opaque = try await world.token(of: try await world.server.makeClient())
      #expect(!opaque.contains("."))
      #expect(await world.verdict(opaque) == .invalid)
    }
  }

  @Test func aTokenThatItsClientHasRevokedIsRefused() async throws {
    try await OfflineServer.run { world async throws in
      let client = try await world.makeClient()
      let (token, other) = (try await world.token(of: client), try await world.token(of: client))
      #expect(await world.verdict(token) == .valid)
      var revocation = TestRequest(form: [
        ("client_id", client.id.rawValue), ("client_secret", client.secret), ("token", token),
      ])
      revocation.target = "/oauth2/revoke"
      #expect(try await world.send(revocation).status == 200)
      try await world.pass(seconds: 2)
      #expect(await world.verdict(token) == .invalid)
      #expect(await world.verdict(other) == .valid)
      #expect(try await world.send(revocation).status == 200, "once more")
      try await world.pass(seconds: 2)
      #expect(await world.verdict(other) == .valid)
      #expect(world.metrics["revocation_fetch_failures"] == 0)
    }
  }

  @Test("R12 a verifier that fell behind by several pages catches up, and misses nothing")
  func catchingUp() async throws {
    try await OfflineServer.run { world async throws in
      let client = try await world.makeClient()
      var tokens: [String] = []
      for _ in 0..<3 { tokens.append(try await world.token(of: client)) }
      for token in tokens { #expect(await world.verdict(token) == .valid) }
      let fetches = world.metrics["revocation_fetches"]
      try await revoke(tokens[0], of: client, world)
      let now = world.server.clocks.wall.now
      for number in 0..<1100 {
        let bytes = (0..<12).map { UInt8(number >> ($0 % 2 * 8) & 0xFF) }
        let id = try #require(TokenID(bytes: bytes))
        try await world.server.replica.revoke(
          Revocation(
            token: id,
            clientID: client.id,
            issuedAt: now,
            expiresAt: now.advanced(bySeconds: 3600)
          ),
          audit: AuditEvent(time: now, actor: "test", action: .tokenRevoked, subject: "\(number)")
        )
      }
      try await revoke(tokens[1], of: client, world)
      try await world.pass(seconds: 2)
      #expect(await world.verdict(tokens[0]) == .invalid)
      #expect(await world.verdict(tokens[1]) == .invalid)
      #expect(await world.verdict(tokens[2]) == .valid)
      #expect(world.metrics["revocation_fetches"] == fetches + 3)
      #expect(world.metrics["revocation_fetch_failures"] == 0)
    }
  }

  private func revoke(_ token: String, of client: TestClient, _ world: OfflineServer) async throws {
    var revocation = TestRequest(form: [
      ("client_id", client.id.rawValue), ("client_secret", client.secret), ("token", token),
    ])
    revocation.target = "/oauth2/revoke"
    #expect(try await world.send(revocation).status == 200)
  }

  @Test func aDisabledClientHasNoTokensAndGetsNoneBack() async throws {
    try await OfflineServer.run { world async throws in
      let (client, other) = (try await world.makeClient(), try await world.makeClient())
      let (token, others) = (try await world.token(of: client), try await world.token(of: other))
      #expect(await world.verdict(token) == .valid)
      let now = world.server.clocks.wall.now
      try await world.server.change(client) { $0.disable(at: now) }
      try await world.pass(seconds: 2)
      #expect(await world.verdict(token) == .invalid)
      #expect(await world.verdict(others) == .valid)
      try await world.server.change(client) { $0.enable(at: now) }
      try await world.pass(seconds: 2)
      #expect(await world.verdict(token) == .invalid)
      let next = try await world.token(of: client)
      #expect(await world.verdict(next) == .valid)
    }
  }

  @Test func aPausedClientHasItsTokensAgainAfterThePause() async throws {
    try await OfflineServer.run { world async throws in
      let client = try await world.makeClient()
      let token = try await world.token(of: client)
      #expect(await world.verdict(token) == .valid)
      let now = world.server.clocks.wall.now
      try await world.server.change(client) { $0.disable(at: now, keepingTokens: true) }
      try await world.pass(seconds: 2)
      #expect(await world.verdict(token) == .invalid)
      try await world.server.change(client) { $0.enable(at: now) }
      try await world.pass(seconds: 2)
      #expect(await world.verdict(token) == .valid)
    }
  }

  @Test func aDeletedClientHasNoTokens() async throws {
    try await OfflineServer.run { world async throws in
      let client = try await world.makeClient()
      let token = try await world.token(of: client)
      #expect(await world.verdict(token) == .valid)
      let stored = try #require(try await world.server.store.client(client.id))
      try await world.server.administration.deleteClient(stored)
      try await world.pass(seconds: 2)
      #expect(await world.verdict(token) == .invalid)
    }
  }

  @Test func theTokensOfAClientOrOfAllCanBeTakenBackAndNewOnesIssuedAtOnce() async throws {
    try await OfflineServer.run { world async throws in
      let (client, other) = (try await world.makeClient(), try await world.makeClient())
      let (token, others) = (try await world.token(of: client), try await world.token(of: other))
      #expect(await world.verdict(token) == .valid)
      try await world.server.administration.revokeTokens(of: client.id)
      try await world.pass(seconds: 2)
      let next = try await world.token(of: client)
      #expect(await world.verdict(token) == .invalid)
      #expect(await world.verdict(next) == .valid)
      #expect(await world.verdict(others) == .valid)
      try await world.server.administration.revokeAllTokens()
      try await world.pass(seconds: 2)
      #expect(await world.verdict(next) == .invalid)
      #expect(await world.verdict(others) == .invalid)
      #expect(await world.verdict(try await world.token(of: other)) == .valid)
    }
  }

  @Test func aTokenOfTheVeryMillisecondOfARevocationIsRevoked() async throws {
    try await OfflineServer.run { world async throws in
      let client = try await world.makeClient()
      let token = try await world.token(of: client)
      try await world.server.administration.revokeTokens(of: client.id)
      try await world.server.replica.catchUp()
      #expect(await world.verdict(token) == .invalid)
    }
  }

  @Test func anEndedTokenIsRefused() async throws {
    try await OfflineServer.run { world async throws in
      let token = try await world.token(of: try await world.makeClient())
      #expect(await world.verdict(token) == .valid)
      // The clock began within a second, the token at its beginning.
      try await world.pass(seconds: 3599)
      #expect(await world.verdict(token) == .valid)
      try await world.pass(seconds: 1)
      #expect(await world.verdict(token) == .invalid)
    }
  }

  @Test func aTokenOfAnotherIssuerWithTheSameKeysIsNone() async throws {
    try await OfflineServer.run { world async throws in
      let client = try await world.makeClient()
      let token = try await Door.$current.withValue(.standard) {
        try await world.server.send(client.tokenRequest()).accessToken
      }
      #expect(await world.verdict(try #require(token)) == .invalid)
      // Another client, because a replica encodes the issuer once for each.
      #expect(await world.verdict(try await world.token(of: try await world.makeClient())) == .valid)
    }
  }
}
