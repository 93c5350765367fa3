import Foundation
import Testing

@testable import TesseraClient

/// Repeating a request that failed.
@Suite(.timeLimit(.minutes(5))) struct RetryTests {
  @Test func backsOffAndSucceeds() async throws {
    try await TokenSourceTest.run {
      $0.generator = .middle
    } _: { test async throws in
      test.server.enqueue(.error(500), .close, .error(503), .token("one"))
      let call = Task { try await test.item() }
      for attempt in 1...3 {
        let pauses = await test.clock.untilPauses(attempt)
        #expect(test.server.requests.count == attempt)
        test.clock.advance(by: pauses[attempt - 1])
      }
      #expect(try await call.value == "one")
      #expect(
        test.clock.pauses == [.milliseconds(100), .milliseconds(200), .milliseconds(400)],
        "half of 200 ms, doubled each time"
      )
      #expect(test.metrics["requests"] == 4)
      #expect(test.metrics["request_failures"] == 3)
    }
  }

  @Test func givesUpAfterTheLastAttempt() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.otherwise(.error(500))
      let error = try await test.itemError()
      #expect(error?.status == 500)
      #expect(error?.isTransient == true)
      #expect(test.server.requests.count == 4, "the lowest jitter waits no time at all")
    }
  }

  @Test(arguments: [400, 401, 403, 404, 405, 413])
  func doesNotRepeatWhatWouldBeRefusedAgain(status: Int) async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.otherwise(.error(status, "invalid_request"))
      let error = try await test.itemError()
      #expect(error?.name == "invalid_request")
      #expect(error?.message == "because")
      #expect(error?.isTransient == false)
      #expect(test.server.requests.count == 1)
    }
  }

  @Test(arguments: [429, 503], ["7", "Sun, 06 Nov 1994 08:49:44 GMT"])
  func waitsAsLongAsTheServerSays(status: Int, retryAfter: String) async throws {
    try await TokenSourceTest.run {
      $0.wallClock = { Date(timeIntervalSince1970: 784_111_777) }
    } _: { test async throws in
      test.server.enqueue(.error(status, "slow_down", retryAfter: retryAfter), .token("one"))
      let call = Task { try await test.item() }
      #expect(await test.clock.untilPauses(1) == [.seconds(7)])
      test.clock.advance(by: .seconds(7))
      #expect(try await call.value == "one")
    }
  }

  @Test func leavesTheServerAloneWhenItWantsMoreThanTheCallersHave() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.error(503, "temporarily_unavailable", retryAfter: "100"), .token("one"))
      #expect(try await test.itemError()?.name == "temporarily_unavailable", "no waiting for nothing")
      test.clock.advance(by: .seconds(99))
      #expect(try await test.itemError()?.name == "temporarily_unavailable")
      #expect(test.server.requests.count == 1)
      test.clock.advance(by: .seconds(1))
      #expect(try await test.item() == "one")
    }
  }

  @Test func honoursNoAbsurdRetryAfter() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.error(429, "slow_down", retryAfter: "999999999999999"), .token("one"))
      #expect(try await test.itemError() != nil)
      test.clock.advance(by: .seconds(300))
      #expect(try await test.item() == "one")
    }
  }

  @Test func endsAtTheTotalTimeout() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.otherwise(.hold)
      let call = Task { try await test.itemError() }
      for attempt in 1...3 {
        await test.server.untilRequests(attempt)
        await until { test.clock.sleeps.count >= 2 * attempt - 1 }
        test.clock.advance(by: ManualClock.requestTimeout)
      }
      #expect(try await call.value?.kind == .timedOut)
      #expect(test.server.requests.count == 3, "three times ten seconds")
    }
  }

  @Test func saysThatNobodyListens() async throws {
    let url = try await ScriptedServer.run { $0.url }
    try await withTestHTTPClient { httpClient in
      let source = try ClientCredentialsTokenSource(
        tokenEndpoint: url,
        dialect: .seed,
        credentials: .fixed(TokenSourceTest.credentials),
        httpClient: httpClient,
        randomness: FixedGenerator.lowest
      )
      let error = await #expect(throws: TokenRequestError.self) { try await source.token(for: ["item"]) }
      #expect(error?.kind == .unreachable)
    }
  }
}
