import TesseraJOSE
import TesseraStoreTesting
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// Every reason for which a token of ours is not valid, and that nothing else is one.
@Suite struct TokenInspectorTests {
  private func inspect(
    _ expected: TokenInspector.Reason?,
    after change: @Sendable (TestServer, TestClient, OpenedToken) async throws -> Void
  ) async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      let token = try #require(try await server.send(client.tokenRequest()).member("accessToken"))
      let format = SealedAccessToken(issuer: TestServer.issuer)
      let opened = try #require(format.open(token[...].utf8, with: try server.directory.facts().keyRing))
      try await change(server, client, opened)
      try await server.directory.catchUp()
      let inspector = TestInspector(
        directory: server.directory,
        formats: [format],
        clock: server.clocks.wall
      )
      let verdict = try await inspector.verdict(on: token[...].utf8)
      #expect(verdict == expected.map { .inactive(opened, $0) } ?? .active(opened))
    }
  }

  @Test func isActiveUntilItsLastMillisecond() async throws {
    try await inspect(nil) { _, _, _ in }
    try await inspect(nil) { server, _, _ in server.clocks.advance(seconds: 3599) }
  }

  @Test func expires() async throws {
    try await inspect(.expired) { server, _, _ in server.clocks.advance(seconds: 3600) }
  }

  @Test func isNotFromTheFuture() async throws {
    try await inspect(nil) { server, _, _ in server.clocks.advance(seconds: -60) }
    try await inspect(.issuedInFuture) { server, _, _ in server.clocks.advance(seconds: -61) }
  }

  @Test func isInactiveOnceRevoked() async throws {
    try await inspect(.revoked) { server, _, opened in try await server.administration.revokeToken(opened) }
  }

  @Test func isInactiveOnceItsClientIsDisabledAlsoWhenEnabledAgain() async throws {
    try await inspect(.clientDisabled) { server, client, _ in
      try await server.administration.setClient(client.id, enabled: false)
    }
    try await inspect(.clientTokensRevoked) { server, client, _ in
      try await server.administration.setClient(client.id, enabled: false)
      try await server.directory.catchUp()
      try await server.administration.setClient(client.id, enabled: true)
    }
  }

  @Test func isActiveAgainAfterAPauseUnlessThatBecameMore() async throws {
    let pause: @Sendable (TestServer, TestClient) async throws -> Void = { server, client in
      try await server.administration.setClient(client.id, enabled: false, keepingTokens: true)
    }
    try await inspect(.clientDisabled) { server, client, _ in try await pause(server, client) }
    try await inspect(nil) { server, client, _ in
      try await pause(server, client)
      try await server.administration.setClient(client.id, enabled: true)
    }
    try await inspect(.clientTokensRevoked) { server, client, _ in
      try await pause(server, client)
      try await server.administration.setClient(client.id, enabled: false)
      try await server.administration.setClient(client.id, enabled: true)
    }
    try await inspect(.clientDisabled) { server, client, _ in
      try await pause(server, client)
      await #expect(throws: AdministrationError.self) { try await pause(server, client) }
    }
  }

  @Test func keepsItsScopeUnlessTokensAreRevokedToo() async throws {
    for revokesTokens in [false, true] {
      try await inspect(revokesTokens ? .clientTokensRevoked : nil) { server, client, _ in
        var update = ClientUpdate()
        update.scopes = [try Scope("event", of: .scopes)]
        update.revokesTokens = revokesTokens
        _ = try await server.administration.updateClient(client.id, update)
      }
      try await inspect(revokesTokens ? .clientTokensRevoked : nil) { server, _, _ in
        try await server.administration.retireScope("item", revokingTokens: revokesTokens)
      }
      try await inspect(revokesTokens ? .clientTokensRevoked : nil) { server, _, _ in
        try await server.administration.retireResource(
          Administration.standardResource,
          revokingTokens: revokesTokens
        )
      }
      try await inspect(revokesTokens ? .clientTokensRevoked : nil) { server, client, _ in
        try await server.administration.revokeSecret(
          named: "default",
          of: client.id,
          revokingTokens: revokesTokens
        )
      }
    }
  }

  @Test func isInactiveOnceItsClientIsDeleted() async throws {
    try await inspect(.clientUnknown) { server, client, _ in
      try await server.administration.deleteClient(try await server.administration.client(client.id.rawValue))
    }
  }

  @Test func isInactiveWhenIssuedBeforeItsClientsNotBefore() async throws {
    try await inspect(.clientTokensRevoked) { server, client, opened in
      let later = opened.grant.issuedAt.advanced(byMilliseconds: 1)
      try await server.change(client) { $0.tokensNotBefore = later }
    }
    try await inspect(nil) { server, client, opened in
      try await server.change(client) { $0.tokensNotBefore = opened.grant.issuedAt }
    }
  }

  @Test func isInactiveWhenItsClientWasDeletedAndRegisteredAgain() async throws {
    try await inspect(.issuedBeforeClient) { server, client, _ in
      try await server.administration.deleteClient(try await server.administration.client(client.id.rawValue))
      server.clocks.advance(seconds: 1)
      _ = try await server.makeClient { $0.id = client.id.rawValue }
    }
  }

  @Test func theReasonIsTheClockWhereATimeIsAheadOfIt() async throws {
    try await inspect(.clientAheadOfClock) { server, client, _ in
      try await server.administration.deleteClient(try await server.administration.client(client.id.rawValue))
      server.clocks.advance(seconds: 100)
      _ = try await server.makeClient { $0.id = client.id.rawValue }
      server.clocks.advance(seconds: -100)
    }
    try await inspect(.notBeforeAheadOfClock) { server, _, _ in
      server.clocks.advance(seconds: 100)
      try await server.administration.revokeAllTokens()
      server.clocks.advance(seconds: -100)
    }
    try await inspect(.notBeforeAheadOfClock) { server, client, opened in
      let later = opened.grant.issuedAt.advanced(bySeconds: 100)
      try await server.change(client) { $0.tokensNotBefore = later }
    }
  }

  @Test func isNotThatOfTheNextClientWithItsIDHoweverTheClockWasSetMeanwhile() async throws {
    for seconds in [-30, 0] as [Int64] {
      try await inspect(.clientTokensRevoked) { server, client, _ in
        try await server.administration.deleteClient(
          try await server.administration.client(client.id.rawValue)
        )
        server.clocks.advance(seconds: seconds)
        _ = try await server.makeClient { $0.id = client.id.rawValue }
      }
    }
  }

  @Test func isInactiveWhenIssuedBeforeTheServersNotBefore() async throws {
    try await inspect(.allTokensRevoked) { server, _, _ in try await server.administration.revokeAllTokens() }
  }

  @Test func isInactiveOnceAllTokensOfItsClientAreRevoked() async throws {
    try await inspect(.clientTokensRevoked) { server, client, _ in
      try await server.administration.revokeTokens(of: client.id)
    }
  }
}
