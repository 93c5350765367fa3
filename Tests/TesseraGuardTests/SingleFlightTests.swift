import Testing

@testable import TesseraGuard

/// One question a token, however many callers.
@Suite(.timeLimit(.minutes(5))) struct SingleFlightTests {
  private func verdicts(
    of count: Int,
    _ test: GuardTest,
    released answer: ScriptedServer.Answer
  ) async throws -> [GuardTest.Verdict] {
    await withTaskGroup(of: GuardTest.Verdict.self) { group in
      for _ in 0..<count { group.addTask { await test.verdict() } }
      await until { test.waiting == count }
      await test.server.untilRequests(1)
      test.server.release(answer)
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  @Test func twoHundredCallersOfOneTokenCostOneQuestion() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.hold)
      let verdicts = try await verdicts(of: 200, test, released: .active())
      #expect(verdicts == Array(repeating: .valid, count: 200))
      #expect(test.server.requests.count == 1)
      #expect(test.metrics["introspections"] == 1)
    }
  }

  @Test func anInvalidTokenIsThatForAllAndSoIsAnOutage() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.hold)
      #expect(
        try await verdicts(of: 50, test, released: .inactive) == Array(repeating: .invalid, count: 50)
      )
    }
    try await GuardTest.run { test async throws in
      test.server.enqueue(.hold)
      let unknown = GuardTest.Verdict.unknown(.failed(status: 500))
      let answer = ScriptedServer.Answer.respond(status: 500, body: "")
      #expect(
        try await verdicts(of: 50, test, released: answer) == Array(repeating: unknown, count: 50)
      )
      #expect(test.server.requests.count == 1)
    }
  }

  @Test func aQuestionOlderThanTheMaximumAgeIsNotJoined() async throws {
    try await GuardTest.run {
      $0.settings.maximumAge = .seconds(1)
    } _: { test async throws in
      test.server.enqueue(.hold, .inactive)
      async let early = test.verdict()
      await test.server.untilRequests(1)
      await test.clock.untilSleeps(1)
      test.clock.advance(by: .seconds(1))
      #expect(await test.verdict() == .invalid, "it was revoked after the first question was sent")
      test.server.release(.active())
      #expect(await early == .valid)
      #expect(await test.verdict() == .invalid, "the older answer does not count any more")
    }
  }

  @Test func withoutACacheNobodySharesAQuestion() async throws {
    try await GuardTest.run {
      $0.settings.maximumAge = .zero
    } _: { test async throws in
      test.server.enqueue(.hold, .hold)
      async let first = test.verdict()
      async let second = test.verdict()
      await test.server.untilRequests(2)
      test.server.release(.active())
      #expect(await [first, second] == [.valid, .valid])
    }
  }

  @Test func aCallerThatIsCancelledDoesNotEndTheQuestion() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.hold)
      let cancelled = Task { await test.verdict() }
      await test.server.untilRequests(1)
      async let patient = test.verdict()
      await until { test.waiting == 2 }
      cancelled.cancel()
      #expect(await cancelled.value == .unknown(.cancelled))
      test.server.release(.active())
      #expect(await patient == .valid)
      let late = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return await test.verdict("another")
      }
      #expect(await late.value == .unknown(.cancelled))
      #expect(test.server.requests.count == 1)
    }
  }

  @Test func questionsUnderWayAreBounded() async throws {
    try await GuardTest.run {
      $0.settings.maximumQuestions = 2
    } _: { test async throws in
      test.server.enqueue(.hold, .hold)
      async let first = test.verdict("one")
      async let second = test.verdict("two")
      await test.server.untilRequests(2)
      #expect(await test.verdict("three") == .unknown(.overloaded))
      test.server.release(.active())
      #expect(await [first, second] == [.valid, .valid])
      test.server.enqueue(.active())
      #expect(await test.verdict("three") == .valid)
    }
  }
}
