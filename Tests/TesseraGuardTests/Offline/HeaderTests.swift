import Testing

@testable import TesseraGuard

/// What the header of a token must be (RFC 9068 §4, RFC 8725 §3).
@Suite(.timeLimit(.minutes(5))) struct HeaderTests {
  private func expect(
    _ verdict: GuardTest.Verdict,
    _ change: @Sendable (inout TokenDraft) -> Void
  ) async throws {
    try await OfflineTest.run { test async throws in
      #expect(await test.verdict(test.issuer.token(change)) == verdict)
      #expect(await test.verdict(test.issuer.token()) == .valid)
    }
  }

  @Test(
    "A14 our own verifiers refuse other kinds of JWT",
    arguments: [
      nil, #""JWT""#, #""jwt""#, #""dpop+jwt""#, #""revocations+jwt""#, #""logout+jwt""#, #""secevent+jwt""#,
      #""client-authentication+jwt""#, #""token-introspection+jwt""#, #""id+jwt""#, #""""#, #""at+jwt ""#,
      #"" at+jwt""#,
      #""application/jwt""#, #""application/application/at+jwt""#, #""text/at+jwt""#, #""x-at+jwt""#,
      #""at+jwt;charset=utf-8""#, #""at jwt""#, #"["at+jwt"]"#, "null", "7", #""at+jw\u0074\u0000""#,
    ]
  )
  func otherTypes(value: String?) async throws {
    try await expect(.invalid) { $0.header("typ", value) }
  }

  @Test(
    "A14 our own verifiers accept the type JWT only where they are told to",
    arguments: [
      ("JWT", true), ("jwt", true), ("application/jwt", true), ("at+jwt", true), ("id+jwt", false),
      ("", false),
    ]
  )
  func plainType(value: String, isTaken: Bool) async throws {
    try await OfflineTest.run({ $0.acceptsPlainType = true }) { test async throws in
      let token = test.issuer.token { $0.header("typ", "\"\(value)\"") }
      #expect(await test.verdict(token) == (isTaken ? .valid : .invalid))
      #expect(await test.verdict(test.issuer.token { $0.header("typ", #""revocations+jwt""#) }) == .invalid)
    }
    try await OfflineTest.run { test async throws in
      let token = test.issuer.token { $0.header("typ", "\"\(value)\"") }
      #expect(await test.verdict(token) == (value == "at+jwt" ? .valid : .invalid))
    }
  }

  @Test(
    "A14 our own verifiers accept an access token, however its type is written",
    arguments: ["at+jwt", "AT+JWT", "At+Jwt", "application/at+jwt", "Application/AT+JWT", #"at\u002bjwt"#]
  )
  func accessTokenTypes(value: String) async throws {
    try await expect(.valid) { $0.header("typ", "\"\(value)\"") }
  }

  @Test(
    "A14 a document of our own revocation feed is no access token"
  )
  func aFeedDocumentIsNoToken() async throws {
    try await OfflineTest.run { test async throws in
      let documents = test.issuer.token {
        $0.header("typ", #""revocations+jwt""#)
        for (name, value) in [("since", "0"), ("cursor", "0"), ("more", "false"), ("tokens", "{}")] {
          $0.claim(name, value)
        }
      }
      #expect(await test.verdict(documents) == .invalid)
    }
  }

  @Test(
    arguments: [
      nil, #""none""#, #""None""#, #""NONE""#, #""nOnE""#, #""""#, #""HS256""#, #""HS384""#, #""HS512""#,
      #""ES384""#,
      #""ES512""#, #""ES256K""#, #""RS384""#, #""PS512""#, #""es256""#, #""ES256 ""#, #""ES256\u0000""#,
      #"["ES256"]"#,
      #"{"ES256":1}"#, "null", "0", "true", #""RS256""#, #""PS256""#, #""EdDSA""#, #""Ed25519""#,
      #""ML-DSA-65""#,
    ]
  )
  func theAlgorithmIsTheOneOfTheKey(value: String?) async throws {
    try await expect(.invalid) { $0.header("alg", value) }
  }

  @Test(arguments: [#""none""#, #""None""#, #""nOnE""#, #""""#], ["", "AA", "unsigned"])
  func anUnsignedTokenIsNone(algorithm: String, signature: String) async throws {
    try await OfflineTest.run { test async throws in
      var draft = TokenDraft.token(of: test.issuer.url, at: GuardTest.start, test.issuer.key)
      draft.header("alg", algorithm)
      #expect(await test.verdict("\(draft.unsigned).\(signature)") == .invalid)
      draft.header("kid", nil)
      #expect(await test.verdict("\(draft.unsigned).\(signature)") == .invalid)
    }
  }

  @Test(arguments: [#"["exp"]"#, #"["b64"]"#, #"["https://example.com/x"]"#, "[]", #""exp""#, "null", "{}"])
  func whatMustBeUnderstoodIsNot(value: String) async throws {
    try await expect(.invalid) {
      $0.header("crit", value)
      $0.header("b64", "false")
    }
  }

  @Test(arguments: ["alg", "typ", "kid", "x"])
  func aMemberThatIsThereTwiceIsRefused(name: String) async throws {
    try await expect(.invalid) { draft in
      let value = draft.header.first { $0.0 == name }?.1 ?? "1"
      draft.header += name == "x" ? [(name, value), (name, value)] : [(name, value)]
    }
    try await expect(.invalid) { draft in
      // Escaped, the second name is the same only to those who read JSON.
      let escaped = "\\u00" + String(name.utf8.first ?? 0, radix: 16) + name.dropFirst()
      let value = draft.header.first { $0.0 == name }?.1 ?? "1"
      draft.header += name == "x" ? [(name, value), (escaped, value)] : [(escaped, value)]
    }
  }

  @Test(arguments: ["iss", "aud", "exp", "iat", "jti", "client_id", "sub", "scope"])
  func aClaimThatIsThereTwiceIsRefused(name: String) async throws {
    try await expect(.invalid) { draft in
      draft.claims += draft.claims.filter { $0.0 == name }
    }
    try await expect(.invalid) { draft in
      draft.claim("deep", #"[{"a":{"\#(name)":1,"\#(name)":1}}]"#)
    }
  }
}
