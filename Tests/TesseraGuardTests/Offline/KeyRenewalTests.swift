import NIOHTTP1
import TesseraFetching
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore
@testable import TesseraGuard

/// How long keys are used.
@Suite(.timeLimit(.minutes(5))) struct KeyRenewalTests {
  /// A token that lives longer than the test.
  private func lasting(_ test: OfflineTest) -> String {
    test.issuer.token { $0.claim("exp", "\(GuardTest.start + 1_000_000)") }
  }

  /// Waits for another look at the key set.
  private func untilKeysWereRead(_ test: OfflineTest, _ count: Int) async {
    await until { test.issuer.count(TestIssuer.keysPath) >= count && test.clock.pending.count == 1 }
  }

  @Test func keysAreRenewedWhenTheirTimeIsOver() async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change { $0.cacheControl = "public, max-age=60" }
      #expect(await test.verdict(lasting(test)) == .valid)
      await test.pass(.milliseconds(59_999))
      #expect(test.issuer.count(TestIssuer.keysPath) == 1)
      await test.pass(.seconds(2))
      await untilKeysWereRead(test, 2)
      #expect(test.issuer.count(TestIssuer.keysPath) == 2)
    }
  }

  @Test func oldKeysAreUsedWhileNewOnesAreOnTheirWay() async throws {
    try await OfflineTest.run { test async throws in
      #expect(await test.verdict(lasting(test)) == .valid)
      test.issuer.change { $0.faults[TestIssuer.keysPath] = .hold }
      await test.untilIdle()
      test.clock.advance(by: .seconds(300))
      await until { test.issuer.count(TestIssuer.keysPath) == 2 }
      for _ in 0..<10 { #expect(await test.verdict(lasting(test)) == .valid) }
      #expect(test.issuer.count(TestIssuer.keysPath) == 2)
    }
  }

  @Test func aRotationCostsNoVerification() async throws {
    try await OfflineTest.run { test async throws in
      var previous = lasting(test)
      #expect(await test.verdict(previous) == .valid)
      for round in 2..<6 {
        // Published one lifetime before its first use, and kept while its last token lives.
        let key = TestKey(.es256)
        test.issuer.change { $0.keys = $0.keys.suffix(2) + [key] }
        await test.pass(.seconds(300))
        await untilKeysWereRead(test, round)
        let token = test.issuer.token(by: key) { $0.claim("exp", "\(GuardTest.start + 1_000_000)") }
        #expect(await test.verdict(token) == .valid)
        #expect(await test.verdict(previous) == .valid)
        previous = token
        #expect(test.issuer.count(TestIssuer.keysPath) == round, "no look for an unknown key")
      }
    }
  }

  @Test func theTokensOfAKeyThatIsGoneAreRefused() async throws {
    try await OfflineTest.run { test async throws in
      let token = lasting(test)
      #expect(await test.verdict(token) == .valid)
      test.issuer.change { $0.keys = [TestKey(.es256)] }
      await test.pass(.seconds(300))
      await untilKeysWereRead(test, 2)
      #expect(await test.verdict(token) == .invalid, "although its signature was verified before")
      #expect(await test.verdict(lasting(test)) == .valid)
    }
  }

  @Test(
    arguments: [
      .respond(status: 500, body: ""), .respond(status: 404, body: ""), .close, .respond(body: ""),
      .respond(body: "[]"), .respond(body: #"{"keys":[]}"#),
      .respond(body: #"{"keys":[{"kty":"oct","k":"AA"}]}"#),
      .respond(status: 302, headers: [("Location", "/elsewhere")], body: ""),
      .respond(body: #"{"keys":[],"keys":[]}"#), .respond(body: String(repeating: " ", count: 262_145)),
    ] as [ScriptedServer.Answer]
  )
  func keysThatCannotBeRenewedAreUsedForADay(fault: ScriptedServer.Answer) async throws {
    try await OfflineTest.run { test async throws in
      #expect(await test.verdict(lasting(test)) == .valid)
      test.issuer.change { $0.faults[TestIssuer.keysPath] = fault }
      await test.pass(.seconds(300))
      await until { test.metrics["key_fetch_failures"] >= 1 && test.clock.pending.count == 1 }
      #expect(await test.verdict(lasting(test)) == .valid)
      await test.pass(.seconds(86_100))
      await until { test.metrics["key_fetch_failures"] >= 2 && test.clock.pending.count == 1 }
      #expect(await test.verdict(lasting(test)) == .valid)
      await test.pass(.seconds(2))
      await until { test.clock.pending.count == 1 }
      let verdict = await test.verdict(lasting(test))
      #expect(verdict != .valid && verdict != .invalid)
      #expect(
        test.log.lines.contains { $0.hasPrefix("the keys of the token service cannot be read reason=") }
      )
      test.issuer.change { $0.faults = [:] }
      await test.pass(.seconds(10))
      #expect(await test.verdict(lasting(test)) == .valid)
      #expect(test.log.lines.contains("the keys of the token service can be read again"))
    }
  }

  @Test(
    arguments: [
      (nil, 300), ("", 300), ("public", 300), ("max-age=60", 60), ("public, max-age=600", 600),
      ("MAX-AGE=60", 60),
      ("max-age=0", 10), ("max-age=9", 10), ("max-age=86401", 86_400),
      ("max-age=99999999999999999999", 86_400),
      ("max-age=-1", 300), ("max-age=x", 300), (#"max-age="60""#, 60), ("no-store", 10),
      ("no-cache, max-age=600", 10),
      ("max-age=60, max-age=600", 60), ("s-maxage=60", 300), ("max-age=600;age=570", 600),
    ] as [(String?, Int64)]
  )
  func howLongADocumentCounts(header: String?, seconds: Int64) {
    let headers = header.map { [("Cache-Control", $0)] } ?? []
    #expect(CacheLifetime.of(.init(headers)) == .seconds(seconds))
    #expect(CacheLifetime.of(.init([("Age", "0")] + headers)) == .seconds(seconds))
  }

  @Test(arguments: [("570", 30), ("599", 10), ("700", 10), ("x", 600), ("99999999999999999999", 10)])
  func whatACacheHasKeptIsOlder(age: String, seconds: Int64) {
    #expect(CacheLifetime.of(["Cache-Control": "max-age=600", "Age": age]) == .seconds(seconds))
  }
}
