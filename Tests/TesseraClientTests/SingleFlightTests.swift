import Testing

@testable import TesseraClient

/// One request, however many callers.
@Suite(.timeLimit(.minutes(5))) struct SingleFlightTests {
  @Test func twoHundredCallersCostOneRequest() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.hold)
      let values = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<200 { group.addTask { try await test.item() } }
        await until { test.waiting == 200 }
        await test.server.untilRequests(1)
        test.server.release(.token("one"))
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(values == Array(repeating: "one", count: 200))
      #expect(test.server.requests.count == 1)
      #expect(test.metrics["requests"] == 1)
      #expect(test.metrics["cache_hits"] == 0)
    }
  }

  @Test func theNextCallersCostNone() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("one"))
      for _ in 0..<10 { #expect(try await test.item() == "one") }
      #expect(test.server.requests.count == 1)
      #expect(test.metrics["cache_hits"] == 9)
    }
  }

  @Test func aFailureIsThatOfAllWhoWaited() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.hold)
      let names = try await withThrowingTaskGroup(of: String?.self) { group in
        for _ in 0..<20 { group.addTask { try await test.itemError()?.name } }
        await until { test.waiting == 20 }
        await test.server.untilRequests(1)
        test.server.release(.error(400, "invalid_scope"))
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(names == Array(repeating: "invalid_scope", count: 20))
      #expect(test.server.requests.count == 1)
      test.server.enqueue(.token("later"))
      #expect(try await test.item() == "later", "the failure is not kept")
    }
  }

  @Test func scopesInAnyOrderShareATokenAndOthersDoNot() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("both"), .token("one"), .token("elsewhere"))
      #expect(try await test.source.token(for: ["item", "event"]).value == "both")
      #expect(try await test.source.token(for: ["event", "item", "event"]).value == "both")
      #expect(try await test.item() == "one")
      #expect(try await test.source.token(for: ["item"], audience: "https://b.example").value == "elsewhere")
      #expect(test.server.requests.map { $0.form["resource"] } == [nil, nil, "https%3A%2F%2Fb.example"])
      #expect(test.server.requests.first?.form["scope"] == "event%20item")
    }
  }

  @Test func keepsNoMoreTokensThanTheSettingsSay() async throws {
    try await TokenSourceTest.run {
      $0.settings.maximumTokens = 2
    } _: { test async throws in
      for number in 1...5 { test.server.enqueue(.token("\(number)", expiresIn: 100 * number)) }
      for number in 1...5 { _ = try await test.source.token(for: ["s\(number)"]) }
      #expect(test.kept == 2)
      #expect(try await test.source.token(for: ["s5"]).value == "5")
    }
  }
}
