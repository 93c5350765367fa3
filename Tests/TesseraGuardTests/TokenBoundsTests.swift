import Testing

@testable import TesseraGuard

/// Texts that can be no token cost nothing.
@Suite(.timeLimit(.minutes(5))) struct TokenBoundsTests {
  @Test(
    arguments: [
      "", " ", "=", "===", "a b", "a=b", "a,b", "a\"b", "a\\b", "é", "a\u{0}", "a\n", "\u{1F600}", "a%20b",
      "a:b",
      String(repeating: "a", count: 8193), String(repeating: "a", count: 1 << 20),
    ]
  )
  func aTokenThatIsNoneIsRefusedWithoutAsking(token: String) async throws {
    try await GuardTest.run { test async throws in
      test.server.otherwise(.active())
      #expect(await test.verdict(token) == .invalid)
      #expect(test.server.requests.isEmpty)
    }
  }

  @Test(arguments: ["a", "aeaack4yx3qk", "eyJ.e30._-", "A+/~==", String(repeating: "a", count: 8192)])
  func anyOtherIsAskedAbout(token: String) async throws {
    try await GuardTest.run { test async throws in
      test.server.otherwise(.active())
      #expect(await test.verdict(token) == .valid)
      #expect(test.server.requests.count == 1)
    }
  }
}
