import Testing

@testable import TesseraGuard

/// Tokens that were taken back, as the revocation feed tells.
@Suite(.timeLimit(.minutes(5))) struct RevocationTests {
  private func token(_ test: OfflineTest, client: String = "app", millisecond: Int = 0) -> (
    text: String, id: String
  ) {
    let id = TokenDraft.tokenID(millisecond: millisecond)
    let text = test.issuer.token {
      $0.claim("jti", "\"\(id)\"")
      $0.claim("client_id", "\"\(client)\"")
    }
    return (text, id)
  }

  @Test func aRevokedTokenIsRefusedAfterTheNextLookAtTheFeed() async throws {
    try await OfflineTest.run { test async throws in
      let (token, other) = (token(test), token(test))
      #expect(await test.verdict(token.text) == .valid)
      test.issuer.revoke(token.id)
      await test.pass(.seconds(2))
      #expect(await test.verdict(token.text) == .invalid, "although its signature was verified before")
      #expect(await test.verdict(other.text) == .valid)
      #expect(test.issuer.server.requests.last?.target == "/revocations?since=10")
      await test.pass(.seconds(2))
      #expect(test.issuer.server.requests.last?.target == "/revocations?since=11")
      #expect(await test.verdict(token.text) == .invalid)
    }
  }

  @Test func whatWasRevokedBeforeTheFirstTokenIsKnown() async throws {
    try await OfflineTest.run { test async throws in
      let token = token(test)
      test.issuer.revoke(token.id)
      #expect(await test.verdict(token.text) == .invalid)
      #expect(await test.verdict(self.token(test).text) == .valid)
    }
  }

  @Test(arguments: [
    (0, true), (641, true), (642, true), (643, false), (644, false), (999, false), (60_000, false),
  ])
  func aTimeOfAClientIsComparedToTheMillisecond(millisecond: Int, isRevoked: Bool) async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.revoke(client: "app", before: Double(GuardTest.start) + 0.643)
      let token = token(test, millisecond: millisecond)
      #expect(await test.verdict(token.text) == (isRevoked ? .invalid : .valid))
      #expect(
        await test.verdict(self.token(test, client: "another", millisecond: millisecond).text) == .valid
      )
    }
  }

  @Test func theNewestTimeOfAClientCounts() async throws {
    try await OfflineTest.run { test async throws in
      let token = token(test)
      #expect(await test.verdict(token.text) == .valid)
      // Disabled: as the feed says it, all tokens until the year 9999.
      test.issuer.revoke(client: "app", before: 253_402_300_799.999)
      await test.pass(.seconds(2))
      #expect(await test.verdict(token.text) == .invalid)
      test.issuer.revoke(client: "app", before: Double(GuardTest.start - 1000))
      await test.pass(.seconds(2))
      #expect(await test.verdict(token.text) == .valid, "it was enabled again")
    }
  }

  @Test func allTokensOfTheServerCanBeTakenBack() async throws {
    try await OfflineTest.run { test async throws in
      let (old, new) = (token(test, millisecond: 100), token(test, client: "another", millisecond: 101))
      #expect(await test.verdict(old.text) == .valid)
      test.issuer.change {
        $0.notBefore = Double(GuardTest.start) + 0.101
        $0.sequence += 1
      }
      await test.pass(.seconds(2))
      #expect(await test.verdict(old.text) == .invalid)
      #expect(await test.verdict(new.text) == .valid)
      test.issuer.change { $0.notBefore = nil }
      await test.pass(.seconds(2))
      #expect(await test.verdict(old.text) == .invalid, "silence takes nothing back")
    }
  }

  @Test func aFeedOfSeveralPartsIsReadAtOnce() async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change { $0.pageSize = 3 }
      let tokens = (0..<10).map { _ in token(test) }
      for token in tokens { test.issuer.revoke(token.id) }
      test.issuer.revoke(client: "gone", before: Double(GuardTest.start + 1))
      for token in tokens { #expect(await test.verdict(token.text) == .invalid) }
      #expect(await test.verdict(token(test, client: "gone").text) == .invalid)
      #expect(await test.verdict(token(test).text) == .valid)
      #expect(test.issuer.count(TestIssuer.feedPath) == 4)
      #expect(test.strategy.revocationCount == 11)
    }
  }

  @Test func aPartThatIsMissingMakesAllOfThemWait() async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change { state in
        state.pageSize = 1
        state.feedChange = { draft in
          if draft["since"] == "12" { draft.claim("cursor", #""broken""#) }
        }
      }
      let tokens = (0..<4).map { _ in token(test) }
      for token in tokens { test.issuer.revoke(token.id) }
      #expect(await test.verdict(token(test).text) == .unknown(.malformedAnswer))
      test.issuer.change { $0.feedChange = nil }
      await test.pass(.seconds(2))
      for token in tokens { #expect(await test.verdict(token.text) == .invalid) }
      #expect(await test.verdict(token(test).text) == .valid)
    }
  }

  @Test func whenTheServiceBeginsAgainItsClientsDoTooAndRevokedTokensStayRevoked() async throws {
    try await OfflineTest.run { test async throws in
      let (revoked, ofClient) = (token(test), token(test, client: "other"))
      test.issuer.revoke(revoked.id)
      test.issuer.revoke(client: "other", before: Double(GuardTest.start + 1))
      #expect(await test.verdict(ofClient.text) == .invalid)
      let later = token(test)
      test.issuer.change { state in
        state.sequence = 1
        state.clients = []
        state.tokens = [(1, later.id, GuardTest.start + 3600)]
      }
      await test.pass(.seconds(2))
      #expect(await test.verdict(later.text) == .invalid)
      #expect(await test.verdict(revoked.text) == .invalid)
      #expect(await test.verdict(ofClient.text) == .valid)
      await test.pass(.seconds(2))
      #expect(test.issuer.server.requests.last?.target == "/revocations?since=1")
    }
  }
}
