import Testing

@testable import TesseraClient

/// Replacing a token before it ends.
@Suite(.timeLimit(.minutes(5))) struct RefreshTests {
  @Test func replacesInTheBackgroundInTheLastMinute() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("old"), .hold)
      #expect(try await test.item() == "old")
      test.clock.advance(by: .seconds(3539))
      #expect(try await test.item() == "old")
      #expect(test.server.requests.count == 1, "61 s are left")

      test.clock.advance(by: .seconds(1))
      for _ in 0..<50 { #expect(try await test.item() == "old") }
      await test.server.untilRequests(2)
      test.server.release(.token("new"))
      await until { !test.isRequesting }
      #expect(try await test.item() == "new")
      #expect(test.server.requests.count == 2)
      #expect(test.metrics["refreshes"] == 1)
    }
  }

  @Test func replacesAShortTokenInItsLastFifth() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("old", expiresIn: 100), .hold)
      _ = try await test.item()
      test.clock.advance(by: .seconds(79))
      #expect(try await test.item() == "old")
      #expect(!test.isRequesting)
      test.clock.advance(by: .seconds(1))
      #expect(try await test.item() == "old")
      #expect(test.isRequesting)
      await test.server.untilRequests(2)
      test.server.release(.token("new"))
      await until { !test.isRequesting }
      #expect(try await test.item() == "new")
    }
  }

  @Test func jitterOnlyDelaysTheRefresh() async throws {
    try await TokenSourceTest.run {
      $0.generator = .middle
    } _: { test async throws in
      test.server.enqueue(.token("old"), .token("new"))
      _ = try await test.item()
      test.clock.advance(by: .seconds(3547))
      #expect(try await test.item() == "old")
      #expect(!test.isRequesting, "half of a quarter of the minute is 7.5 s")
      test.clock.advance(by: .seconds(1))
      #expect(try await test.item() == "old")
      await until { !test.isRequesting }
      #expect(try await test.item() == "new")
    }
  }

  @Test func anOutageIsNotNoticedWhileTheTokenIsValid() async throws {
    try await TokenSourceTest.run {
      $0.settings.maximumAttempts = 1
    } _: { test async throws in
      test.server.enqueue(.token("old"))
      test.server.otherwise(.close)
      _ = try await test.item()
      test.clock.advance(by: .seconds(3540))
      for _ in 0..<59 {
        #expect(try await test.item() == "old")
        await until { !test.isRequesting }
        test.clock.advance(by: .seconds(1))
      }
      let attempts = test.server.requests.count - 1
      #expect((10...30).contains(attempts), "it kept trying, but not at every call: \(attempts)")
      test.server.otherwise(.token("new"))
      test.clock.advance(by: .milliseconds(2000))
      #expect(try await test.item() == "new", "the old one has ended")
    }
  }

  @Test func callersWaitForTheRefreshWhenTheTokenEndsMeanwhile() async throws {
    try await TokenSourceTest.run {
      $0.settings.requestTimeout = .seconds(100)
    } _: { test async throws in
      test.server.enqueue(.token("old"), .hold)
      _ = try await test.item()
      test.clock.advance(by: .seconds(3595))
      #expect(try await test.item() == "old")
      await test.server.untilRequests(2)
      test.clock.advance(by: .seconds(5))
      let late = Task { try await test.item() }
      await until { test.waiting == 1 }
      test.server.release(.token("new"))
      #expect(try await late.value == "new")
      #expect(test.server.requests.count == 2)
    }
  }

  @Test func countsTheLifetimeFromTheRequest() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.hold, .token("new"))
      let first = Task { try await test.item() }
      await test.server.untilRequests(1)
      test.clock.advance(by: .seconds(8))
      test.server.release(.token("slow", expiresIn: 10))
      #expect(try await first.value == "slow")
      test.clock.advance(by: .seconds(2))
      #expect(try await test.item() == "new")
    }
  }
}
