import TesseraTestSupport
import Testing

@testable import TesseraGuard

/// A token service that does not answer makes no token valid and none invalid.
@Suite(.timeLimit(.minutes(5))) struct OutageTests {
  @Test(arguments: [400, 401, 403, 404, 405, 413, 429, 500, 502, 503, 504])
  func aStatusOtherThan200SaysNothingAboutTheToken(status: Int) async throws {
    try await GuardTest.run { test async throws in
      // A body that would make the token valid with another status.
      test.server.otherwise(.respond(status: status, body: #"{"active":true,"client_id":"app"}"#))
      let reason: Outage.Reason =
        status >= 500 || status == 429 ? .failed(status: status) : .refused(status: status)
      #expect(await test.verdict() == .unknown(reason))
      #expect(test.metrics["introspection_failures"] == 1)
    }
  }

  @Test func afterOurOwnCredentialsAreRefusedTheServerIsLeftAlone() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.active(), .respond(status: 401, body: ""), .active())
      #expect(await test.verdict("known") == .valid)
      #expect(await test.verdict() == .unknown(.refused(status: 401)))
      for _ in 0..<10 { #expect(await test.verdict() == .unknown(.refused(status: 401))) }
      #expect(await test.verdict("known") == .valid, "what is in the cache goes on")
      #expect(test.server.requests.count == 2)
      test.clock.advance(by: .seconds(5))
      #expect(await test.verdict() == .valid)
    }
  }

  @Test func retryAfterIsHonouredUpToALimit() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.respond(status: 503, headers: [("Retry-After", "20")], body: ""))
      #expect(await test.verdict() == .unknown(.failed(status: 503)))
      test.clock.advance(by: .seconds(15))
      let error = await #expect(throws: VerificationError.self) {
        try await test.verifier.verify("another")
      }
      #expect(error == .unavailable(Outage(.failed(status: 503), retryAfter: .seconds(5))))
      test.clock.advance(by: .seconds(5))
      test.server.enqueue(.respond(status: 429, headers: [("Retry-After", "86400")], body: ""), .active())
      #expect(await test.verdict() == .unknown(.failed(status: 429)))
      test.clock.advance(by: .seconds(30))
      #expect(await test.verdict() == .valid)
    }
  }

  @Test func aServerThatDoesNotAnswerInTime() async throws {
    try await GuardTest.run { test async throws in
      for (count, answer) in [(1, ScriptedServer.Answer.hold), (2, .begin)] {
        test.server.enqueue(answer)
        async let verdict = test.verdict()
        await test.server.untilRequests(count)
        await test.clock.untilSleeps(count)
        test.clock.advance(by: .seconds(3))
        #expect(await verdict == .unknown(.timedOut))
      }
      test.server.enqueue(.active())
      #expect(await test.verdict() == .valid, "a failure is not kept")
    }
  }

  @Test func aServerThatCannotBeReached() async throws {
    let port = try await ScriptedServer.run { $0.url }
    try await GuardTest.run {
      $0.endpoint = port
    } _: { test async throws in
      #expect(await test.verdict() == .unknown(.unreachable))
    }
  }

  @Test func theSharedClientReportsARefusedConnectionAtOnce() async throws {
    let url = try await ScriptedServer.run { $0.url }
    // The clock stands still, so that only the connection can fail.
    let verifier = try AccessTokenVerifier(
      introspectionEndpoint: url,
      credentials: .secret(clientID: "app", GuardTest.secret),
      clock: ManualClock()
    )
    await #expect(throws: VerificationError.unavailable(Outage(.unreachable))) {
      try await verifier.verify("a-token")
    }
  }

  @Test func aConnectionThatTheServerClosesIsTriedOnceMore() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.close, .active())
      #expect(await test.verdict("one") == .valid)
      test.server.enqueue(.close, .close)
      #expect(await test.verdict("two") == .unknown(.unreachable))
      #expect(test.server.requests.count == 4)
    }
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func aRedirectTakesTheTokenNowhere(status: Int) async throws {
    try await ScriptedServer.run { elsewhere in
      try await GuardTest.run { test async throws in
        elsewhere.otherwise(.active())
        test.server.enqueue(.respond(status: status, headers: [("Location", elsewhere.url)], body: ""))
        #expect(await test.verdict() == .unknown(.malformedAnswer))
        #expect(elsewhere.requests.allSatisfy { $0.body.isEmpty && $0.header("authorization").isEmpty })
      }
    }
  }

  @Test func anOutageIsLoggedOnceAndSoIsItsEnd() async throws {
    try await GuardTest.run { test async throws in
      test.server.otherwise(.respond(status: 500, body: ""))
      for _ in 0..<5 { _ = await test.verdict() }
      test.server.otherwise(.active())
      _ = await test.verdict()
      #expect(
        test.log.lines == [
          "access tokens cannot be verified reason=the introspection endpoint cannot answer (500)",
          "access tokens can be verified again",
        ]
      )
    }
  }
}
