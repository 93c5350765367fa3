import TesseraJOSE
import Testing

@testable import TesseraCore
@testable import TesseraGuard

/// Tokens of keys that the verifier has not heard of.
@Suite(.timeLimit(.minutes(5))) struct UnknownKeyTests {
  private func verdicts(_ test: OfflineTest, _ tokens: [String]) async -> [GuardTest.Verdict] {
    await withTaskGroup(of: GuardTest.Verdict.self) { group in
      for token in tokens { group.addTask { await test.verdict(token) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  @Test func madeUpKeysLeadToOneLookHoweverManyThereAre() async throws {
    try await OfflineTest.run { test async throws in
      #expect(await test.verdict(test.issuer.token()) == .valid)
      let forged = (0..<200).map { number in
        test.issuer.token(by: TestKey(.es256, id: "made up \(number)"))
      }
      #expect(await verdicts(test, forged) == Array(repeating: .invalid, count: 200))
      #expect(test.issuer.count(TestIssuer.keysPath) == 2)
      await test.pass(.milliseconds(9_999))
      #expect(await verdicts(test, forged) == Array(repeating: .invalid, count: 200))
      #expect(test.issuer.count(TestIssuer.keysPath) == 2, "none within the pause")
      await test.pass(.milliseconds(1))
      #expect(await verdicts(test, forged) == Array(repeating: .invalid, count: 200))
      #expect(test.issuer.count(TestIssuer.keysPath) == 3)
      #expect(test.metrics["key_fetches"] == 3)
      #expect(test.issuer.count(TestIssuer.metadataPath) == 1)
    }
  }

  @Test(
    arguments: [
      "../../../../etc/passwd", #"..\\..\\windows"#, "/dev/null", "' OR 1=1 --", "x'; DROP TABLE keys; --",
      #"\u0000"#, #"key\u0000"#, "http://127.0.0.1/", "%00", "$(id)", "{}", "",
      String(repeating: "k", count: 10_240),
      #"\ud83d\ude00"#,
    ]
  )
  func aStrangeKeyIDIsOnlyUnknown(id: String) async throws {
    try await OfflineTest.run {
      $0.maximumTokenLength = 65_536
    } _: { test async throws in
      let token = test.issuer.token { $0.header("kid", "\"\(id)\"") }
      #expect(await test.verdict(token) == .invalid)
      #expect(await test.verdict(test.issuer.token()) == .valid)
      #expect(test.issuer.count(TestIssuer.keysPath) == 2)
      let targets = Set(test.issuer.server.requests.map { $0.target.split(separator: "?").first ?? "" })
      #expect(targets.isSubset(of: ["/.well-known/oauth-authorization-server", "/keys", "/revocations"]))
    }
  }

  @Test(arguments: ["7", "null", "[]", #"["a"]"#, "{}", "true"])
  func aKeyIDThatIsNoTextIsRefusedWithoutALook(value: String) async throws {
    try await OfflineTest.run { test async throws in
      #expect(await test.verdict(test.issuer.token()) == .valid)
      #expect(await test.verdict(test.issuer.token { $0.header("kid", value) }) == .invalid)
      #expect(test.issuer.count(TestIssuer.keysPath) == 1)
    }
  }

  @Test func aNewKeyIsFoundByItsFirstToken() async throws {
    try await OfflineTest.run { test async throws in
      let old = test.issuer.token()
      #expect(await test.verdict(old) == .valid)
      let key = TestKey(.es256)
      test.issuer.change { $0.keys.insert(key, at: 0) }
      let tokens = (0..<50).map { _ in test.issuer.token() }
      #expect(await verdicts(test, tokens) == Array(repeating: .valid, count: 50))
      #expect(test.issuer.count(TestIssuer.keysPath) == 2)
      #expect(await test.verdict(old) == .valid, "tokens of the key before stay valid")
    }
  }

  @Test func whetherAnUnknownKeyIsOneIsNotKnownDuringAnOutage() async throws {
    try await OfflineTest.run { test async throws in
      #expect(await test.verdict(test.issuer.token()) == .valid)
      test.issuer.change { $0.faults[TestIssuer.keysPath] = .respond(status: 500, body: "") }
      let token = test.issuer.token(by: TestKey(.es256))
      #expect(await test.verdict(token) == .unknown(.failed(status: 500)))
      #expect(await test.verdict(token) == .unknown(.failed(status: 500)), "nor within the pause")
      #expect(test.issuer.count(TestIssuer.keysPath) == 2)
      #expect(await test.verdict(test.issuer.token()) == .valid, "known keys go on")
      test.issuer.change { $0.faults = [:] }
      await test.pass(.seconds(10))
      #expect(await test.verdict(token) == .invalid)
    }
  }

  @Test func aCallerThatIsCancelledDoesNotEndTheLook() async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change { $0.faults[TestIssuer.keysPath] = .hold }
      let cancelled = Task { await test.verdict(test.issuer.token()) }
      await test.issuer.server.untilHeld(1)
      async let patient = test.verdict(test.issuer.token())
      cancelled.cancel()
      #expect(await cancelled.value == .unknown(.cancelled))
      let late = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return await test.verdict(test.issuer.token())
      }
      #expect(await late.value == .unknown(.cancelled))
      test.issuer.change { $0.faults = [:] }
      test.issuer.server.release(.respond(body: #"{"keys":[\#(test.issuer.key.json)]}"#))
      #expect(await patient == .valid)
    }
  }
}
