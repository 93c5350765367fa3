import TesseraTestSupport
import Testing

@testable import TesseraGuard

/// Neither tokens nor the secret get anywhere but to the token service.
@Suite(.timeLimit(.minutes(5))) struct SecrecyTests {
  @Test func logsAndErrorsHaveNeitherTokenNorSecret() async throws {
    try await GuardTest.run { test async throws in
      let echo = #"{"error":"\#(GuardTest.secret)","token":"the-token"}"#
      for status in [200, 400, 500] { test.server.enqueue(.respond(status: status, body: echo)) }
      for _ in 0..<3 {
        let error = await #expect(throws: VerificationError.self) {
          try await test.verifier.verify("the-token")
        }
        var text = "\(String(describing: error)) \(String(reflecting: error))"
        dump(error, to: &text)
        #expect(!text.contains("the-token") && !text.contains(GuardTest.secret))
      }
      #expect(test.log.lines.count == 3)
      #expect(test.log.lines.allSatisfy { !$0.contains("the-token") && !$0.contains(GuardTest.secret) })
    }
  }

  @Test func descriptionsAreRedacted() throws {
    let credentials = IntrospectionCredentials.secret(clientID: "app", GuardTest.secret)
    let bearer = try BearerCredentials(authorization: ["Bearer \(GuardTest.secret)"], query: nil)
    var text = "\(credentials) \(String(reflecting: credentials)) \(bearer) \(String(reflecting: bearer))"
    dump(credentials, to: &text)
    dump(bearer, to: &text)
    #expect(!text.contains(GuardTest.secret))
    #expect(text.contains("app"))
  }

  @Test func aSecretFileIsReadForEveryQuestion() async throws {
    let file = try TemporaryFile("first\n")
    try await GuardTest.run {
      $0.credentials = .secretFile(clientID: "app", path: file.path)
    } _: { test async throws in
      test.server.otherwise(.active())
      #expect(await test.verdict("one") == .valid)
      try file.write(" second ")
      #expect(await test.verdict("two") == .valid)
      try file.remove()
      #expect(await test.verdict("three") == .unknown(.secretUnavailable))
      #expect(
        test.server.requests.map { $0.header("authorization") }
          == ["app:first", "app:second"].map { ["Basic " + base64($0)] }
      )
    }
  }

  @Test(
    arguments: [
      ("https://login.example.com/oauth2/introspect", nil), ("http://127.0.0.1:8080/", nil),
      ("http://localhost/", nil), ("http://[::1]/", nil), ("http://login.example.com/", .isNotEncrypted),
      ("http://127.0.0.1.example.com/", .isNotEncrypted),
      ("https://u:p@login.example.com/", .hasUserInformation),
      ("https://login.example.com/#a", .hasFragment), ("login.example.com", .notAnHTTPURL),
      ("ftp://login.example.com/", .notAnHTTPURL), ("https:///introspect", .notAnHTTPURL),
      ("", .notAnHTTPURL),
    ] as [(String, InvalidIntrospectionEndpoint?)]
  )
  func tokensAreSentOnlyWhereNobodyReadsThem(url: String, problem: InvalidIntrospectionEndpoint?) {
    let credentials = IntrospectionCredentials.secret(clientID: "app", "secret")
    let error: InvalidIntrospectionEndpoint?
    do throws(InvalidIntrospectionEndpoint) {
      _ = try AccessTokenVerifier(introspectionEndpoint: url, credentials: credentials)
      error = nil
    } catch let refused {
      error = refused
    }
    #expect(error == problem)
  }
}
