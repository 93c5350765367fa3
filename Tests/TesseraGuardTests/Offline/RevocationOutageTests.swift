import TesseraTestSupport
import Testing

@testable import TesseraCore
@testable import TesseraGuard

/// A revocation feed that does not answer, is not there, or says too much.
@Suite(.timeLimit(.minutes(5))) struct RevocationOutageTests {
  private func lasting(_ test: OfflineTest) -> String {
    test.issuer.token { $0.claim("exp", "\(GuardTest.start + 1_000_000)") }
  }

  @Test(
    arguments: [
      .close, .respond(status: 500, body: ""), .respond(status: 404, body: ""), .respond(body: ""),
      .respond(body: "{}"),
    ] as [ScriptedServer.Answer]
  )
  func afterFiveMinutesWithoutTheFeedNothingIsKnown(fault: ScriptedServer.Answer) async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change { $0.cacheControl = "max-age=86400" }
      let token = lasting(test)
      #expect(await test.verdict(token) == .valid)
      test.issuer.change { $0.faults[TestIssuer.feedPath] = fault }
      await test.pass(.seconds(298))
      #expect(await test.verdict(token) == .valid)
      await test.pass(.seconds(2))
      #expect(await test.verdict(token) == .valid)
      await test.pass(.milliseconds(1))
      let verdict = await test.verdict(token)
      #expect(verdict != .valid && verdict != .invalid)
      #expect(test.metrics["revocation_fetch_failures"] >= 2)
      #expect(test.log.lines.count == 1)
      #expect(test.log.lines.first?.hasPrefix("revocations cannot be read reason=") == true)
      test.issuer.change { $0.faults = [:] }
      await test.pass(.seconds(2))
      #expect(await test.verdict(token) == .valid)
      #expect(test.log.lines.last == "revocations can be read again")
    }
  }

  @Test func whoeverWasAwayForLongAsksBeforeRefusing() async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change { $0.cacheControl = "max-age=86400" }
      let token = lasting(test)
      #expect(await test.verdict(token) == .valid)
      await test.untilIdle()
      // As of a machine that was asleep: the first request comes before the follower's turn, or with it.
      test.clock.advance(by: .seconds(10_000))
      #expect(await test.verdict(token) == .valid)
    }
  }

  @Test func aServiceWithoutAFeedNeedsPermission() async throws {
    for isRequired in [true, false] {
      try await OfflineTest.run {
        $0.requiresRevocationFeed = isRequired
      } _: { test async throws in
        test.issuer.change { $0.metadata["revocation_feed_endpoint"] = .some(nil) }
        let foreign = test.issuer.token { $0.claim("jti", #""an-id-of-another-form""#) }
        let verdict = GuardTest.Verdict.unknown(.noRevocationFeed)
        #expect(await test.verdict(test.issuer.token()) == (isRequired ? verdict : .valid))
        #expect(await test.verdict(foreign) == (isRequired ? verdict : .valid))
        let line = """
          revocations cannot be read reason=the metadata names no revocation feed, and requiresRevocationFeed is set
          """
        #expect(test.log.lines == (isRequired ? [line] : []))
      }
    }
  }

  @Test func aTokenThatTheFeedCannotNameIsRefused() async throws {
    try await OfflineTest.run { test async throws in
      #expect(
        await test.verdict(test.issuer.token { $0.claim("jti", #""an-id-of-another-form""#) }) == .invalid
      )
      #expect(await test.verdict(test.issuer.token()) == .valid)
    }
  }

  @Test func moreRevocationsThanThereIsRoomForAreNotForgotten() async throws {
    try await OfflineTest.run {
      $0.maximumRevocations = 3
    } _: { test async throws in
      let token = lasting(test)
      for _ in 0..<2 { test.issuer.revoke(TokenDraft.tokenID(millisecond: 0), end: GuardTest.start + 60) }
      test.issuer.revoke(client: "other", before: 1)
      #expect(await test.verdict(token) == .valid)
      test.issuer.revoke(client: "another", before: 1)
      await test.pass(.seconds(2))
      #expect(await test.verdict(token) == .unknown(.tooManyRevocations), "at once, not after five minutes")
      test.issuer.change { $0.faults[TestIssuer.feedPath] = .respond(status: 500, body: "") }
      await test.pass(.seconds(2))
      #expect(await test.verdict(token) == .unknown(.failed(status: 500)))
      test.issuer.change { $0.faults = [:] }
      // Tokens that have ended make room.
      await test.pass(.seconds(180))
      #expect(await test.verdict(token) == .valid)
      #expect(test.strategy.revocationCount == 2)
    }
  }
}
