import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraGuard

/// Where an offline verifier looks, and whom it believes (RFC 8414).
@Suite(.timeLimit(.minutes(5))) struct MetadataTests {
  @Test(
    arguments: [
      ("https://login.example.com", nil), ("https://login.example.com/tenant/one", nil),
      ("https://login.example.com:8443/", nil), ("http://127.0.0.1:8080", nil), ("http://localhost/", nil),
      ("http://[::1]:8080", nil), ("http://login.example.com", .isNotEncrypted),
      ("http://127.0.0.1.example.com", .isNotEncrypted),
      ("https://u:p@login.example.com", .hasUserInformation),
      ("https://login.example.com#a", .hasQueryOrFragment),
      ("https://login.example.com?a=b", .hasQueryOrFragment),
      ("https://login.example.com?", .hasQueryOrFragment), ("login.example.com", .notAnHTTPURL),
      ("ftp://login.example.com", .notAnHTTPURL), ("https:///", .notAnHTTPURL), ("", .notAnHTTPURL),
      ("https://login.example.com/a b", .notAnHTTPURL), ("https://login.exämple.com", .notAnHTTPURL),
    ] as [(String, InvalidIssuer?)]
  )
  func issuersThatCanBeBelieved(issuer: String, problem: InvalidIssuer?) {
    let error: InvalidIssuer?
    do throws(InvalidIssuer) {
      _ = try AccessTokenVerifier(issuer: issuer, audience: OfflineTest.audience)
      error = nil
    } catch let refused {
      error = refused
    }
    #expect(error == problem)
  }

  @Test func whoeverAllowsPlainHTTPMayHaveIt() throws {
    var settings = AccessTokenVerifier.Settings()
    settings.allowsPlainHTTP = true
    _ = try AccessTokenVerifier(issuer: "http://login.example.com", audience: "a", settings: settings)
  }

  @Test(arguments: [
    ("https://a.example", "https://a.example/.well-known/oauth-authorization-server"),
    ("https://a.example/", "https://a.example/.well-known/oauth-authorization-server"),
    ("https://a.example:8443/x", "https://a.example:8443/.well-known/oauth-authorization-server/x"),
    ("https://a.example/x/y/", "https://a.example/.well-known/oauth-authorization-server/x/y"),
  ])
  func theWellKnownPartStandsBeforeThePath(issuer: String, url: String) throws {
    #expect(try IssuerURL(issuer, allowsPlainHTTP: false).metadataURL == url)
  }

  @Test(
    arguments: [
      ("issuer", nil, .malformedAnswer), ("issuer", "7", .malformedAnswer),
      ("issuer", #""https://login.example.com""#, .otherIssuer), ("issuer", #""ISSUER/""#, .otherIssuer),
      ("jwks_uri", nil, .malformedAnswer), ("jwks_uri", "7", .malformedAnswer),
      ("jwks_uri", #""/keys""#, .malformedAnswer), ("jwks_uri", #""ISSUER/ke ys""#, .malformedAnswer),
      ("jwks_uri", #""http://login.example.com/keys""#, .insecureAddress),
      ("jwks_uri", #""file:///etc/passwd""#, .malformedAnswer),
      ("jwks_pq_uri", "7", .malformedAnswer), ("jwks_pq_uri", "null", .malformedAnswer),
      ("jwks_pq_uri", #""http://login.example.com/keys""#, .insecureAddress),
      ("revocation_feed_endpoint", "7", .malformedAnswer),
      ("revocation_feed_endpoint", "null", .malformedAnswer),
      ("revocation_feed_endpoint", #""http://login.example.com/""#, .insecureAddress),
      ("revocation_feed_endpoint", nil, .noRevocationFeed),
    ] as [(String, String?, Outage.Reason)]
  )
  func metadataThatIsNotBelieved(member: String, value: String?, reason: Outage.Reason) async throws {
    try await OfflineTest.run { test async throws in
      let value = value?.replacing("ISSUER", with: test.issuer.url)
      test.issuer.change { $0.metadata[member] = .some(value) }
      #expect(await test.verdict(test.issuer.token()) == .unknown(reason))
      #expect(test.log.lines.contains { $0.contains("cannot be read reason=") })
    }
  }

  @Test func aRepeatedMemberIsNotBelieved() async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change { $0.metadata["x\":1,\"issuer"] = "\"https://a.example\"" }
      #expect(await test.verdict(test.issuer.token()) == .unknown(.malformedAnswer))
    }
  }

  @Test func metadataIsReadAgainWhenItsTimeIsOver() async throws {
    try await OfflineTest.run { test async throws in
      #expect(await test.verdict(test.issuer.token()) == .valid)
      test.issuer.change { $0.metadata["jwks_uri"] = "\"\(test.issuer.url)/moved\"" }
      await test.pass(.seconds(300))
      await until { test.issuer.count("/moved") >= 1 }
      #expect(test.issuer.count(TestIssuer.metadataPath) == 2)
      #expect(await test.verdict(test.issuer.token()) == .valid)
    }
  }

  @Test func keysThatStandApartAreKeysToo() async throws {
    try await OfflineTest.run { test async throws in
      let key = TestKey(.mlDSA65)
      test.issuer.change {
        $0.metadata["jwks_pq_uri"] = "\"\(test.issuer.url)/pq\""
        $0.faults["/pq"] = .respond(body: #"{"keys":[\#(key.json)]}"#)
      }
      #expect(await test.verdict(test.issuer.token(by: key)) == .valid)
      #expect(await test.verdict(test.issuer.token()) == .valid)
      #expect(await test.verdict(test.issuer.token(by: TestKey(.mlDSA65))) == .invalid)
      #expect(test.issuer.count("/pq") == test.issuer.count(TestIssuer.keysPath))
    }
  }

  @Test func anEmptySetApartIsNoMistake() async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change {
        $0.metadata["jwks_pq_uri"] = "\"\(test.issuer.url)/pq\""
        $0.faults["/pq"] = .respond(body: #"{"keys":[]}"#)
      }
      #expect(await test.verdict(test.issuer.token()) == .valid)
    }
  }

  @Test(arguments: ["{}", "[]", ""]) func aSetApartThatIsNoneIsAMistake(body: String) async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change {
        $0.metadata["jwks_pq_uri"] = "\"\(test.issuer.url)/pq\""
        $0.faults["/pq"] = .respond(body: body)
      }
      #expect(await test.verdict(test.issuer.token()) == .unknown(.malformedAnswer))
    }
  }

  @Test func whoeverTakesNoSuchTokensDoesNotAskForTheirKeys() async throws {
    try await OfflineTest.run({ $0.algorithms = ["ES256"] }) { test async throws in
      test.issuer.change { $0.metadata["jwks_pq_uri"] = "\"\(test.issuer.url)/pq\"" }
      #expect(await test.verdict(test.issuer.token()) == .valid)
      #expect(test.issuer.count("/pq") == 0)
    }
  }

  @Test func anAddressMayHaveAQuery() async throws {
    try await OfflineTest.run { test async throws in
      test.issuer.change {
        $0.metadata["revocation_feed_endpoint"] = "\"\(test.issuer.url)/revocations?a=b\""
      }
      _ = await test.verdict(test.issuer.token())
      #expect(test.issuer.server.requests.last?.target == "/revocations?a=b&since=0")
    }
  }
}
