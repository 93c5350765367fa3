import Testing

@testable import TesseraClient

/// What a cancelled caller leaves behind.
@Suite(.timeLimit(.minutes(5))) struct CancellationTests {
  @Test func leavesTheRequestToTheOthers() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.hold)
      let first = Task { try await test.item() }
      await test.server.untilRequests(1)
      let second = Task { try await test.item() }
      await until { test.waiting == 2 }
      first.cancel()
      await #expect(throws: CancellationError.self) { try await first.value }
      #expect(test.waiting == 1)
      test.server.release(.token("one"))
      #expect(try await second.value == "one")
      #expect(test.server.requests.count == 1)
    }
  }

  @Test func leavesTheTokenInTheCacheWhenNobodyElseWaits() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.hold)
      let only = Task { try await test.item() }
      await test.server.untilRequests(1)
      only.cancel()
      await #expect(throws: CancellationError.self) { try await only.value }
      test.server.release(.token("one"))
      #expect(try await test.item() == "one")
      #expect(test.server.requests.count == 1)
    }
  }

  @Test func aCallerCancelledBeforeItWaitsMakesNoRequest() async throws {
    try await TokenSourceTest.run { test async throws in
      let task = Task {
        await until { Task.isCancelled }
        return try await test.item()
      }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(test.server.requests.isEmpty)
    }
  }
}
