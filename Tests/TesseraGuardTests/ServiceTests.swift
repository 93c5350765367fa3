import ServiceLifecycleTestKit
import Testing

@testable import TesseraGuard

/// A verifier as a service of a group (ServiceLifecycle).
@Suite(.timeLimit(.minutes(5))) struct ServiceTests {
  @Test func itFollowsBeforeTheFirstTokenUntilItIsCancelled() async throws {
    try await OfflineTest.run { test async throws in
      let verifier = test.verifier
      let service = Task { await verifier.run() }
      await until { test.clock.pending == [.seconds(2)] }
      #expect(test.issuer.count(TestIssuer.feedPath) == 1)
      service.cancel()
      await service.value
      #expect(test.clock.pending.isEmpty)
    }
  }

  @Test func aGracefulShutdownEndsIt() async throws {
    try await OfflineTest.run { test async throws in
      let verifier = test.verifier
      await testGracefulShutdown { trigger in
        async let service: Void = verifier.run()
        await until { test.clock.pending == [.seconds(2)] }
        trigger.triggerGracefulShutdown()
        await service
      }
      #expect(test.clock.pending.isEmpty)
      #expect(await test.verdict(test.issuer.token()) == .valid, "requests that are under way go on")
    }
  }

  @Test func oneThatIntrospectsOnlyWaits() async throws {
    try await GuardTest.run { test async throws in
      let verifier = test.verifier
      await testGracefulShutdown { trigger in
        async let service: Void = verifier.run()
        trigger.triggerGracefulShutdown()
        await service
      }
      #expect(test.server.requests.isEmpty)
    }
  }
}
