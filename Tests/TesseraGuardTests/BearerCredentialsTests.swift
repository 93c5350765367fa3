import Testing

@testable import TesseraGuard

/// Where a token may be, and where not (RFC 6750 §2).
@Suite struct BearerCredentialsTests {
  private func token(_ authorization: [String], _ query: String? = nil) throws(BearerRefusal) -> String {
    try BearerCredentials(authorization: authorization, query: query).token
  }

  @Test(arguments: ["Bearer abc", "bearer abc", "BEARER abc", "Bearer   abc"])
  func theHeader(value: String) throws {
    #expect(try token([value]) == "abc")
    #expect(try token([value], "scope=item&access=token") == "abc")
  }

  @Test(arguments: [[], [""], ["Bearer"], ["Bearer "], ["Basic YTpi"], ["Bearerabc"], ["abc"], ["DPoP abc"]])
  func noToken(values: [String]) {
    #expect(throws: BearerRefusal.noToken) { try token(values) }
  }

  @Test(
    arguments: [
      "access_token=abc", "a=b&access_token=abc", "access_token", "access_token=", "access%5Ftoken=abc",
      "%61ccess_token=abc", "&&access_token=abc&",
    ]
  )
  func aTokenInTheQuery(query: String) {
    #expect(throws: BearerRefusal.tokenInQuery) { try token([], query) }
    #expect(throws: BearerRefusal.tokenInQuery) { try token(["Bearer abc"], query) }
  }

  @Test(arguments: ["", "token=access_token", "access_tokens=a", "Access_Token=a", "%=%61%4", "%+5F"])
  func otherQueries(query: String) throws {
    #expect(try token(["Bearer abc"], query) == "abc")
  }

  @Test func twoHeaders() {
    #expect(throws: BearerRefusal.severalTokens) { try token(["Bearer a", "Bearer a"]) }
    #expect(throws: BearerRefusal.severalTokens) { try token(["Basic YTpi", "Bearer a"]) }
  }

  @Test func challengesCannotBeBrokenOutOf() {
    let refusal = BearerRefusal.insufficientScope(required: ["item", "a\"b", "c\r\nd", "event"])
    let headers = refusal.headers(realm: "a\"b\\c\r\nd")
    #expect(
      headers.first { $0.name == "WWW-Authenticate" }?.value == #"""
        Bearer realm="a\"b\\cd", scope="item event", error="insufficient_scope", \#
        error_description="The access token does not have the required scope"
        """#
    )
  }

  @Test(arguments: [
    (Duration.zero, "1"), (.milliseconds(1), "1"), (.milliseconds(4001), "5"), (.seconds(30), "30"),
  ])
  func retryAfterIsWholeSeconds(time: Duration, text: String) {
    let headers = BearerRefusal.unavailable(retryAfter: time).headers(realm: "api")
    #expect(headers.first { $0.name == "Retry-After" }?.value == text)
    #expect(!headers.contains { $0.name == "WWW-Authenticate" })
  }
}
