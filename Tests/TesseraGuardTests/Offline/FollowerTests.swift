import Testing

@testable import TesseraGuard

/// What goes on in the background.
@Suite(.timeLimit(.minutes(5))) struct FollowerTests {
  @Test func nothingIsAskedBeforeTheFirstToken() async throws {
    try await OfflineTest.run { test async throws in
      test.clock.advance(by: .seconds(1000))
      #expect(test.clock.sleeps.isEmpty)
      #expect(await test.verdict(String(repeating: "a", count: 10_000)) == .invalid)
      #expect(test.clock.sleeps.isEmpty)
      #expect(test.issuer.server.requests.isEmpty)
    }
  }

  @Test func theFeedIsAskedEveryTwoSeconds() async throws {
    try await OfflineTest.run { test async throws in
      #expect(await test.verdict(test.issuer.token()) == .valid)
      for count in 1..<20 {
        #expect(test.issuer.count(TestIssuer.feedPath) == count)
        await test.pass(.milliseconds(1999))
        #expect(test.issuer.count(TestIssuer.feedPath) == count)
        await test.pass(.milliseconds(1))
      }
    }
  }

  @Test func itEndsWithTheVerifier() async throws {
    let clock = ManualClock()
    try await ScriptedServer.run { server in
      try await withTestHTTPClient { httpClient in
        let issuer = TestIssuer(server, clock)
        var verifier: AccessTokenVerifier? = try AccessTokenVerifier(
          issuer: issuer.url,
          audience: OfflineTest.audience,
          httpClient: httpClient,
          clock: clock,
          wallClock: clock.wallClock(from: GuardTest.start)
        )
        _ = try await verifier?.verify(issuer.token())
        await until { clock.pending == [.seconds(2)] }
        let isGone = { [weak strategy = verifier?.strategy as? OfflineVerification] in strategy == nil }
        verifier = nil
        await until { clock.pending.isEmpty }
        #expect(isGone())
        let count = server.requests.count
        clock.advance(by: .seconds(10_000))
        #expect(clock.pending.isEmpty)
        #expect(server.requests.count == count)
      }
    }
  }
}
