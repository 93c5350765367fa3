import Foundation
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore
@testable import TesseraGuard

/// Tokens that an offline verifier accepts, and what it says of them.
@Suite(.timeLimit(.minutes(5))) struct GoodTokenTests {
  @Test func everythingATokenSaysIsRead() async throws {
    try await OfflineTest.run { test async throws in
      let id = TokenDraft.tokenID(millisecond: 643)
      let token = try await test.verifier.verify(
        test.issuer.token {
          $0.claim("jti", "\"\(id)\"")
          $0.claim("aud", #"["https://other.example","\#(OfflineTest.audience)"]"#)
        }
      )
      #expect(token.clientID == "app")
      #expect(token.scopes == ["item", "event"])
      #expect(token.audiences == ["https://other.example", OfflineTest.audience])
      #expect(token.issuedAt == Date(timeIntervalSince1970: Double(GuardTest.start) + 0.643))
      #expect(token.expiresAt == Date(timeIntervalSince1970: Double(GuardTest.start + 3600)))
      #expect(token.tokenID == id)
    }
  }

  @Test func theFirstTokenCostsThreeRequestsAndOthersNone() async throws {
    try await OfflineTest.run { test async throws in
      for _ in 0..<3 { #expect(await test.verdict(test.issuer.token()) == .valid) }
      await test.untilIdle()
      #expect(
        test.issuer.server.requests.map(\.target) == [
          "/.well-known/oauth-authorization-server", "/keys", "/revocations?since=0",
        ]
      )
      #expect(test.issuer.server.requests.allSatisfy { $0.method == "GET" && $0.body.isEmpty })
      #expect(test.metrics["key_fetches"] == 1)
      #expect(test.metrics["revocation_fetches"] == 1)
      #expect(test.log.lines.isEmpty)
    }
  }

  @Test(arguments: SigningAlgorithm.ofTokens)
  func everyAlgorithmVerifies(algorithm: SigningAlgorithm) async throws {
    try await OfflineTest.run { test async throws in
      let key = TestKey(algorithm)
      test.issuer.change { $0.keys.append(key) }
      #expect(await test.verdict(test.issuer.token(by: key)) == .valid)
      var bytes = Array(test.issuer.token(by: key).utf8)
      let middle = bytes.count - 30
      bytes[middle] = bytes[middle] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      #expect(await test.verdict(String(decoding: bytes, as: UTF8.self)) == .invalid)
    }
  }

  @Test(arguments: SigningAlgorithm.ofTokens)
  func anAlgorithmThatIsNotAllowedIsRefused(algorithm: SigningAlgorithm) async throws {
    let others = AccessTokenVerifier.knownAlgorithms.subtracting([algorithm.name, "ES256"]).union(["ES256"])
    try await OfflineTest.run {
      $0.algorithms = algorithm == .es256 ? ["RS256"] : others
      $0.requiresRevocationFeed = false
    } _: { test async throws in
      let (key, allowed) = (TestKey(algorithm), TestKey(algorithm == .es256 ? .rs256 : .es256))
      test.issuer.change {
        $0.keys = [allowed, key]
        $0.metadata["revocation_feed_endpoint"] = .some(nil)
      }
      #expect(await test.verdict(test.issuer.token(by: key)) == .invalid)
      #expect(await test.verdict(test.issuer.token(by: allowed)) == .valid)
    }
  }

  @Test func namesOfAlgorithmsThatThereAreNotHaveNoEffect() async throws {
    try await OfflineTest.run {
      $0.algorithms.formUnion(["none", "HS256", ""])
    } _: { test async throws in
      for name in ["none", "HS256", ""] {
        let token = test.issuer.token { $0.header("alg", "\"\(name)\"") }
        #expect(await test.verdict(token) == .invalid)
      }
      #expect(await test.verdict(test.issuer.token()) == .valid)
    }
  }

  @Test func aTokenIsVerifiedOnceAndLookedAtEveryTime() async throws {
    try await OfflineTest.run { test async throws in
      let token = test.issuer.token { $0.claim("exp", "\(GuardTest.start + 5)") }
      for _ in 0..<10 { #expect(await test.verdict(token) == .valid) }
      #expect(test.metrics["cache_hits"] == 9)
      await test.pass(.milliseconds(4_999))
      #expect(await test.verdict(token) == .valid)
      await test.pass(.milliseconds(1))
      #expect(await test.verdict(token) == .invalid, "it has ended")
    }
  }

  @Test func rememberedTokensAreBounded() async throws {
    try await OfflineTest.run {
      $0.maximumTokens = 5
    } _: { test async throws in
      let tokens = (0..<20).map { _ in test.issuer.token() }
      for token in tokens { #expect(await test.verdict(token) == .valid) }
      #expect(test.metrics["cache_hits"] == 0)
      for token in tokens.suffix(5) { #expect(await test.verdict(token) == .valid) }
      #expect(test.metrics["cache_hits"] == 5)
      #expect(await test.verdict(tokens[0]) == .valid)
      #expect(test.metrics["cache_hits"] == 5)
    }
  }
}
