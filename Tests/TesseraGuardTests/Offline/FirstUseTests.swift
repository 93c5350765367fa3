import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore
@testable import TesseraGuard

/// Before the first token nothing is known; then all that is needed, or the token's worth is not known.
@Suite(.timeLimit(.minutes(5))) struct FirstUseTests {
  @Test(
    arguments: [TestIssuer.metadataPath, TestIssuer.keysPath, TestIssuer.feedPath],
    [
      .close, .respond(status: 500, body: ""), .respond(status: 503, body: ""),
      .respond(status: 404, body: ""),
      .respond(status: 204, body: ""), .respond(body: ""), .respond(body: "{}"), .respond(body: "<html>"),
      .respond(status: 302, headers: [("Location", "/keys")], body: ""),
      .respond(status: 307, headers: [("Location", "/keys")], body: ""),
    ] as [ScriptedServer.Answer]
  )
  func whatIsMissingMakesNoTokenValidNorInvalid(path: String, fault: ScriptedServer.Answer) async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change { $0.faults[path] = fault }
      let verdict = await test.verdict(test.issuer.token())
      #expect(verdict != .valid && verdict != .invalid)
      #expect(await test.verdict("not.a.token") == .invalid, "what is no token is none")
      #expect(
        test.log.lines.count >= 1 && test.log.lines.allSatisfy { $0.contains("cannot be read reason=") }
      )
      test.issuer.change { $0.faults = [:] }
      await test.pass(.seconds(2))
      #expect(await test.verdict(test.issuer.token()) == .valid)
      #expect(test.log.lines.contains { $0.contains("can be read again") })
    }
  }

  @Test func whoeverComesAfterAFailureDoesNotAskAgainAtOnce() async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change { $0.faults[TestIssuer.keysPath] = .respond(status: 500, body: "") }
      for _ in 0..<20 { #expect(await test.verdict(test.issuer.token()) == .unknown(.failed(status: 500))) }
      #expect(test.issuer.count(TestIssuer.keysPath) == 1)
      await test.untilIdle()
      test.clock.advance(by: .seconds(1))
      for _ in 0..<20 { #expect(await test.verdict(test.issuer.token()) == .unknown(.failed(status: 500))) }
      #expect(test.issuer.count(TestIssuer.keysPath) == 2)
      #expect(test.log.lines.count == 2, "an outage of keys and of what needs them, once each")
    }
  }

  @Test func retryAfterIsHonoured() async throws {
    try await OfflineTest.run { test async throws in
      let busy = ScriptedServer.Answer.respond(status: 503, headers: [("Retry-After", "20")], body: "")
      test.issuer.change { $0.faults[TestIssuer.metadataPath] = busy }
      let error = await #expect(throws: VerificationError.self) {
        try await test.verifier.verify(test.issuer.token())
      }
      #expect(error == .unavailable(Outage(.failed(status: 503), of: .metadata, retryAfter: .seconds(20))))
      await until { test.clock.pending.count == 1 }
      test.clock.advance(by: .milliseconds(19_999))
      #expect(await test.verdict(test.issuer.token()) == .unknown(.failed(status: 503)))
      #expect(test.issuer.server.requests.count == 1)
      test.issuer.change { $0.faults = [:] }
      test.clock.advance(by: .milliseconds(1))
      #expect(await test.verdict(test.issuer.token()) == .valid)
    }
  }

  @Test(arguments: [TestIssuer.metadataPath, TestIssuer.keysPath, TestIssuer.feedPath])
  func twoHundredCallersCostOneRequestEach(path: String) async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change { $0.faults[path] = .hold }
      let tokens = (0..<200).map { _ in test.issuer.token() }
      await withTaskGroup(of: GuardTest.Verdict.self) { group in
        for token in tokens { group.addTask { await test.verdict(token) } }
        await test.issuer.server.untilHeld(1)
        await until { test.strategy.waiterCount >= 200 }
        test.issuer.change { $0.faults = [:] }
        test.issuer.server.release(.respond(status: 500, body: ""))
        for await verdict in group { #expect(verdict == .unknown(.failed(status: 500))) }
      }
      for path in [TestIssuer.metadataPath, TestIssuer.keysPath, TestIssuer.feedPath] {
        #expect(test.issuer.count(path) <= 1)
      }
    }
  }

  @Test(arguments: [ScriptedServer.Answer.hold, .begin])
  func aServiceThatDoesNotAnswerInTime(fault: ScriptedServer.Answer) async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change { $0.faults[TestIssuer.metadataPath] = fault }
      async let verdict = test.verdict(test.issuer.token())
      await test.issuer.server.untilRequests(1)
      await until { test.clock.pending.contains(.seconds(3)) }
      test.clock.advance(by: .seconds(3))
      #expect(await verdict == .unknown(.timedOut))
    }
  }

  @Test func aServiceThatCannotBeReached() async throws {
    let url = try await ScriptedServer.run { $0.url }
    let verifier = try AccessTokenVerifier(issuer: url, audience: "a", clock: ManualClock())
    let key = TestKey(.es256)
    let token = TokenDraft.token(of: url, at: GuardTest.start, key).signed(by: key)
    await #expect(throws: VerificationError.unavailable(Outage(.unreachable, of: .metadata))) {
      try await verifier.verify(token)
    }
  }
}
