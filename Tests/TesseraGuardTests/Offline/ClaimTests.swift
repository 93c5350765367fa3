import Testing

@testable import TesseraGuard

/// What the claims of a token must be (RFC 9068 §4): each rule with its opposite.
@Suite(.timeLimit(.minutes(5))) struct ClaimTests {
  private static let now = GuardTest.start

  private func expect(_ verdict: GuardTest.Verdict, _ claim: String, _ value: String?) async throws {
    try await OfflineTest.run { test async throws in
      let value = value?.replacing("ISSUER", with: test.issuer.url)
      let token = test.issuer.token { $0.claim(claim, value) }
      #expect(await test.verdict(token) == verdict)
      #expect(await test.verdict(test.issuer.token()) == .valid)
    }
  }

  @Test(
    arguments: ["exp", "iat", "nbf"],
    [
      #""1691674917""#, "-1", "-0.001", "1e400", "-1e400", "9007199254740993", "1e20", "253402300800", "true",
      "null",
      "[1691674917]", "{}", "NaN", "Infinity", "0x64D50000", "01691674917", "",
    ]
  )
  func aTimeThatIsNoneIsRefused(claim: String, value: String) async throws {
    try await expect(.invalid, claim, value)
  }

  @Test(
    arguments: [
      ("exp", nil, false), ("exp", 0, false), ("exp", -5, false), ("exp", -3600, false), ("exp", 1, true),
      ("iat", nil, false), ("iat", 5, true), ("iat", 6, false), ("iat", 3000, false), ("iat", -100_000, true),
      ("nbf", nil, true), ("nbf", 5, true), ("nbf", 6, false), ("nbf", -100, true),
    ] as [(String, Int64?, Bool)]
  )
  func timesAreComparedWithOurClock(claim: String, offset: Int64?, isValid: Bool) async throws {
    try await expect(isValid ? .valid : .invalid, claim, offset.map { String(Self.now + $0) })
  }

  @Test(arguments: [
    ("exp", 0.999), ("exp", 1.5), ("iat", -0.5), ("nbf", 5.0),
  ])
  func timesMayHaveFractions(claim: String, offset: Double) async throws {
    try await expect(.valid, claim, "\(Double(Self.now) + offset)")
  }

  @Test func aTokenFromTheNearFutureIsValidOnceItIsNot() async throws {
    try await OfflineTest.run { test async throws in
      let token = test.issuer.token { $0.claim("nbf", "\(Self.now + 60)") }
      #expect(await test.verdict(token) == .invalid)
      await test.pass(.seconds(55))
      #expect(await test.verdict(token) == .valid)
    }
  }

  @Test(
    arguments: [
      nil, #""""#, #""ISSUER/""#, #""https://login.example.com""#, #"["ISSUER"]"#, "7", "null",
      #"{"a":"ISSUER"}"#,
      #""ISSUER ""#, #""ISSUER\u0000""#,
    ]
  )
  func anotherIssuerIsRefused(value: String?) async throws {
    try await expect(.invalid, "iss", value)
  }

  @Test(
    arguments: [
      nil, #""""#, "[]", #""https://api.example.com/""#, #""https://API.example.com""#,
      #""https://api.example.co""#,
      #"["https://other.example"]"#, "null", "true", #"{"0":"https://api.example.com"}"#,
      #"["https://api.example.com",7]"#, #"[["https://api.example.com"]]"#, #""https://api.example.com x""#,
    ]
  )
  func anotherAudienceIsRefused(value: String?) async throws {
    try await expect(.invalid, "aud", value)
  }

  @Test(arguments: [#"["https://api.example.com"]"#, #"["a","https://api.example.com","b"]"#])
  func ourAudienceMayBeOneOfSeveral(value: String) async throws {
    try await expect(.valid, "aud", value)
  }

  @Test(arguments: ["sub", "client_id", "jti"], [nil, #""""#, "7", "null", "[]", #"["app"]"#])
  func textsThatMustBeThere(claim: String, value: String?) async throws {
    try await expect(.invalid, claim, value)
  }

  @Test(
    arguments: [
      (nil, true), (#""""#, true), (#""item""#, true), (#"["item"]"#, false), ("null", false), ("1", false),
    ]
      as [(String?, Bool)]
  )
  func scopeIsATextOrAbsent(value: String?, isValid: Bool) async throws {
    try await expect(isValid ? .valid : .invalid, "scope", value)
  }

  @Test(arguments: [#"{"jkt":"x"}"#, #"{"x5t#S256":"x"}"#, "{}", "null"])
  func aBoundTokenIsWorthNothingAsABearerToken(value: String) async throws {
    try await expect(.invalid, "cnf", value)
  }

  @Test(arguments: [#""anything""#, "[[[{}]]]", "null", "1e400", #""\ud83d\ude00""#])
  func unknownClaimsAreIgnored(value: String) async throws {
    try await expect(.valid, "something", value)
  }
}
