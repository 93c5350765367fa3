import Testing

@testable import TesseraClient

/// Replacing a token that an API rejected.
@Suite(.timeLimit(.minutes(5))) struct RenewalTests {
  @Test func manyCallersWithTheSameRejectedTokenCostOneRequest() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("revoked"), .hold)
      let rejected = try await test.source.token(for: ["item"])
      let values = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<100 { group.addTask { try await test.source.renew(after: rejected).value } }
        await until { test.waiting == 100 }
        await test.server.untilRequests(2)
        test.server.release(.token("fresh"))
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(values == Array(repeating: "fresh", count: 100))
      #expect(test.server.requests.count == 2)
    }
  }

  @Test func aTokenThatWasReplacedSinceCostsNone() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("revoked"), .token("fresh"))
      let rejected = try await test.source.token(for: ["item"])
      #expect(try await test.source.renew(after: rejected).value == "fresh")
      #expect(try await test.source.renew(after: rejected).value == "fresh")
      #expect(try await test.item() == "fresh")
      #expect(test.server.requests.count == 2)
    }
  }

  @Test func anAPIThatRejectsEverythingDoesNotCostARequestACall() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("1"), .token("2"), .token("3"))
      let first = try await test.source.token(for: ["item"])
      let second = try await test.source.renew(after: first)
      #expect(second.value == "2")
      #expect(try await test.source.renew(after: second).value == "2")
      test.clock.advance(by: .seconds(5))
      #expect(try await test.source.renew(after: second).value == "3")
      #expect(test.server.requests.count == 3)
    }
  }

  @Test func joinsARefreshThatIsUnderWay() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("old"), .hold)
      _ = try await test.item()
      test.clock.advance(by: .seconds(3541))
      let rejected = try await test.source.token(for: ["item"])
      await test.server.untilRequests(2)
      let renewal = Task { try await test.source.renew(after: rejected).value }
      await until { test.waiting == 1 }
      test.server.release(.token("new"))
      #expect(try await renewal.value == "new")
      #expect(test.server.requests.count == 2)
    }
  }

  @Test func theRejectedTokenIsNotGivenOutAgain() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("revoked"), .error(400, "unauthorized_client"), .token("fresh"))
      let rejected = try await test.source.token(for: ["item"])
      await #expect(throws: TokenRequestError.self) { try await test.source.renew(after: rejected) }
      #expect(try await test.item() == "fresh")
    }
  }
}
