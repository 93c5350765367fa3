import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore
@testable import TesseraGuard

/// A revocation feed that says what is not to be believed.
@Suite(.timeLimit(.minutes(5))) struct ForgedFeedTests {
  private static let changes: [(String, @Sendable (inout TokenDraft) -> Void)] = [
    ("A14 an access token", { $0.header("typ", #""at+jwt""#) }),
    ("no type", { $0.header("typ", nil) }),
    ("no algorithm", { $0.header("alg", #""none""#) }),
    ("crit", { $0.header("crit", #"["exp"]"#) }),
    ("another issuer", { $0.claim("iss", #""https://login.example.com""#) }),
    ("no issuer", { $0.claim("iss", nil) }),
    ("too old", { $0.claim("iat", "\((Int64($0["iat"]) ?? 0) - 61)") }),
    ("from the future", { $0.claim("iat", "\((Int64($0["iat"]) ?? 0) + 61)") }),
    ("no time", { $0.claim("iat", nil) }),
    ("another question", { $0.claim("since", "7") }),
    ("a cursor that goes back", { $0.claim("cursor", "3") }),
    ("half a cursor", { $0.claim("cursor", "11.5") }),
    ("a negative cursor", { $0.claim("cursor", "-1") }),
    ("an endless cursor", { $0.claim("cursor", "1e400") }),
    ("no cursor", { $0.claim("cursor", nil) }),
    ("more as a text", { $0.claim("more", #""false""#) }),
    ("no more", { $0.claim("more", nil) }),
    (
      "more of nothing",
      {
        $0.claim("more", "true"); $0.claim("tokens", "{}")
      }
    ),
    ("tokens as a list", { $0.claim("tokens", "[]") }),
    ("no tokens", { $0.claim("tokens", nil) }),
    ("a token ID of another form", { $0.claim("tokens", #"{"x":1691674917}"#) }),
    ("a token without an end", { $0.claim("tokens", #"{"\#(TokenDraft.tokenID(millisecond: 0))":null}"#) }),
    ("clients as a list", { $0.claim("clients", "[]") }),
    ("a client without a time", { $0.claim("clients", #"{"app":"1"}"#) }),
    ("a client with an endless time", { $0.claim("clients", #"{"app":1e400}"#) }),
    ("a not-before as a text", { $0.claim("not_before", #""1""#) }),
    ("a repeated member", { $0.claims.append(("clients", "{}")) }),
  ]

  @Test("a part of the feed that is not believed changes nothing", arguments: changes.indices)
  func whatIsNotBelieved(index: Int) async throws {
    let (name, change) = Self.changes[index]
    try await expectNothingChanges(name) { $0.feedChange = change }
  }

  @Test func aPartThatAnotherSignedChangesNothing() async throws {
    try await expectNothingChanges("another key") { $0.feedKey = TestKey(.es256) }
    try await expectNothingChanges("another key with the same ID") {
      $0.feedKey = TestKey(.es256, id: $0.keys[0].id)
    }
  }

  /// A token was revoked; the part that is not believed revokes another.
  private func expectNothingChanges(
    _ name: String,
    _ change: (inout TestIssuer.State) -> Void
  ) async throws {
    try await OfflineTest.run { test async throws in
      let (first, second) = (TokenDraft.tokenID(millisecond: 0), TokenDraft.tokenID(millisecond: 0))
      let tokens = [first, second].map { id in test.issuer.token { $0.claim("jti", "\"\(id)\"") } }
      test.issuer.revoke(first)
      #expect(await test.verdict(tokens[0]) == .invalid)
      #expect(await test.verdict(tokens[1]) == .valid)
      test.issuer.revoke(second)
      test.issuer.change(change)
      await test.pass(.seconds(2))
      #expect(await test.verdict(tokens[0]) == .invalid, "\(name)")
      #expect(await test.verdict(tokens[1]) == .valid, "\(name)")
      #expect(test.metrics["revocation_fetch_failures"] == 1, "\(name)")
      #expect(test.log.lines.count == 1, "\(name)")
      test.issuer.change { state in
        state.feedChange = nil
        state.feedKey = nil
      }
      await test.pass(.seconds(2))
      #expect(await test.verdict(tokens[1]) == .invalid, "\(name)")
    }
  }

  @Test("A14 an access token is no part of the feed")
  func anAccessTokenIsNoFeed() async throws {
    try await OfflineTest.run { test async throws in
      let token = test.issuer.token()
      test.issuer.change { $0.faults[TestIssuer.feedPath] = .respond(body: token) }
      #expect(await test.verdict(test.issuer.token()) == .unknown(.untrustedAnswer))
    }
  }
}
