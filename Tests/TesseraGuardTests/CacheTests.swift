import Testing

@testable import TesseraGuard

/// How long an answer of the token service counts.
@Suite(.timeLimit(.minutes(5))) struct CacheTests {
  @Test func anAnswerCountsForItsMaximumAgeAndNoLonger() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.active(), .inactive)
      for _ in 0..<10 { #expect(await test.verdict() == .valid) }
      test.clock.advance(by: .milliseconds(9_999))
      #expect(await test.verdict() == .valid)
      #expect(test.server.requests.count == 1)
      #expect(test.metrics["cache_hits"] == 10)
      test.clock.advance(by: .milliseconds(1))
      #expect(await test.verdict() == .invalid, "it was revoked meanwhile")
      #expect(test.server.requests.count == 2)
    }
  }

  @Test func theAgeCountsFromWhenTheQuestionWasSent() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.hold, .inactive)
      async let verdict = test.verdict()
      await test.server.untilRequests(1)
      await test.clock.untilSleeps(1)
      test.clock.advance(by: .seconds(2))
      test.server.release(.active())
      #expect(await verdict == .valid)
      test.clock.advance(by: .milliseconds(7_999))
      #expect(await test.verdict() == .valid)
      test.clock.advance(by: .milliseconds(1))
      #expect(await test.verdict() == .invalid)
    }
  }

  @Test func aTokenIsNeverAcceptedBeyondItsEnd() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.active(exp: GuardTest.start + 5), .inactive)
      #expect(await test.verdict() == .valid)
      test.clock.advance(by: .milliseconds(4_999))
      #expect(await test.verdict() == .valid)
      test.clock.advance(by: .milliseconds(1))
      #expect(await test.verdict() == .invalid)
      #expect(test.server.requests.count == 1)
    }
  }

  @Test func aTokenThatHasEndedByOurClockIsInvalidWhateverTheServerSays() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.active(exp: GuardTest.start))
      #expect(await test.verdict() == .invalid)
    }
  }

  @Test func aTokenWithoutAnEndIsNotEternal() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.active(exp: nil), .active(exp: nil), .inactive)
      #expect(await test.verdict() == .valid)
      #expect(await test.verdict() == .valid)
      #expect(await test.verdict() == .invalid)
      #expect(test.server.requests.count == 3)
    }
  }

  @Test func withoutACacheARevocationIsNoticedAtOnce() async throws {
    try await GuardTest.run {
      $0.settings.maximumAge = .zero
    } _: { test async throws in
      test.server.enqueue(.active(), .active(), .inactive)
      #expect(await test.verdict() == .valid)
      #expect(await test.verdict() == .valid)
      #expect(await test.verdict() == .invalid)
    }
  }

  @Test func aTokenDoesNotAnswerForAnother() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.active(), .inactive)
      #expect(await test.verdict("one") == .valid)
      #expect(await test.verdict("two") == .invalid)
      #expect(await test.verdict("one") == .valid)
      #expect(test.server.askedTokens == ["one", "two"])
    }
  }

  @Test func anInvalidTokenIsRefusedForAFewSecondsWithoutAsking() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.inactive, .active())
      for _ in 0..<10 { #expect(await test.verdict() == .invalid) }
      #expect(test.server.requests.count == 1)
      test.clock.advance(by: .seconds(3))
      #expect(await test.verdict() == .valid)
      #expect(test.metrics["refused_tokens"] == 10)
    }
  }

  @Test func madeUpTokensDoNotPushOutValidOnes() async throws {
    try await GuardTest.run {
      $0.settings.maximumTokens = 5
      $0.settings.maximumInactiveTokens = 5
    } _: { test async throws in
      test.server.enqueue(.active())
      test.server.otherwise(.inactive)
      #expect(await test.verdict("valid") == .valid)
      for number in 0..<100 { #expect(await test.verdict("made-up-\(number)") == .invalid) }
      #expect(await test.verdict("valid") == .valid)
      #expect(test.server.requests.count == 101)
      #expect(test.remembered == [1, 5])
    }
  }

  @Test func theCacheIsBounded() async throws {
    try await GuardTest.run {
      $0.settings.maximumTokens = 5
    } _: { test async throws in
      test.server.otherwise(.active())
      for number in 0..<50 { #expect(await test.verdict("token-\(number)") == .valid) }
      #expect(test.remembered == [5, 0])
      #expect(await test.verdict("token-49") == .valid)
      #expect(test.server.requests.count == 50)
    }
  }
}
