import ServiceLifecycleTestKit
import Testing

@testable import TesseraClient

/// A token source as a service of a group (ServiceLifecycle).
@Suite(.timeLimit(.minutes(5))) struct ServiceTests {
  /// How often the service has looked what is due.
  private func looks(_ test: TokenSourceTest) -> Int { test.clock.sleeps.count { $0 == .seconds(1) } }

  @Test func aTokenIsReplacedWithoutACaller() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("old"), .token("new"))
      #expect(try await test.item() == "old")
      let source = test.source
      let service = Task { await source.run() }
      await until { looks(test) == 1 }
      test.clock.advance(by: .seconds(3539))
      await until { looks(test) == 2 }
      #expect(test.server.requests.count == 1, "61 s are left")

      test.clock.advance(by: .seconds(1))
      await test.server.untilRequests(2)
      await until { !test.isRequesting }
      test.clock.advance(by: .seconds(120))
      #expect(try await test.item() == "new", "the old one would have ended")
      #expect(test.server.requests.count == 2 && test.metrics["refreshes"] == 1)
      service.cancel()
      await service.value
    }
  }

  @Test func aTokenThatNobodyGotIsNot() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("one"), .token("two"))
      _ = try await test.item()
      let source = test.source
      let service = Task { await source.run() }
      await until { looks(test) == 1 }
      test.clock.advance(by: .seconds(3540))
      await test.server.untilRequests(2)
      await until { !test.isRequesting }
      let before = looks(test)
      test.clock.advance(by: .seconds(3540))
      await until { looks(test) > before }
      #expect(!test.isRequesting && test.server.requests.count == 2)
      service.cancel()
      await service.value
    }
  }

  @Test func aGracefulShutdownEndsIt() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("one"))
      let source = test.source
      await testGracefulShutdown { trigger in
        async let service: Void = source.run()
        await until { looks(test) == 1 }
        trigger.triggerGracefulShutdown()
        await service
      }
      #expect(try await test.item() == "one", "tokens can be had afterwards")
    }
  }
}
