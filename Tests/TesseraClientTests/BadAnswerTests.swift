import NIOHTTP1
import Testing

@testable import TesseraClient

/// Answers that no token endpoint should give.
@Suite(.timeLimit(.minutes(5))) struct BadAnswerTests {
  @Test(
    arguments: [
      "", "{", "null", "[]", #""token""#, "{}", #"{"access_token":"a"}"#,
      #"{"access_token":"a","token_type":"mac","expires_in":1}"#,
      #"{"access_token":"","token_type":"Bearer","expires_in":1}"#,
      #"{"access_token":"a b","token_type":"Bearer","expires_in":1}"#,
      #"{"access_token":"a\r\nX: y","token_type":"Bearer","expires_in":1}"#,
      #"{"access_token":7,"token_type":"Bearer","expires_in":1}"#,
      #"{"access_token":"a","token_type":"Bearer","expires_in":"soon"}"#,
      #"{"access_token":"a","token_type":"Bearer","expires_in":{}}"#,
      #"{"access_token":"a","token_type":"Bearer","expires_in":"nan"}"#,
    ]
  )
  func malformed(body: String) async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.respond(body: body), .token("one"))
      #expect(try await test.itemError()?.kind == .malformedAnswer)
      #expect(test.server.requests.count == 1, "the same would come again")
      #expect(try await test.item() == "one")
    }
  }

  @Test(arguments: ["1e300", "-5", "0", "9223372036854775807", "0.5"])
  func oddLifetimes(expiresIn: String) async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(
        .respond(body: #"{"access_token":"a","token_type":"bearer","expires_in":\#(expiresIn)}"#)
      )
      #expect(try await test.item() == "a")
    }
  }

  @Test func tooLarge() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.otherwise(.respond(body: String(repeating: " ", count: 65_537)))
      #expect(try await test.itemError()?.kind == .malformedAnswer)
      #expect(test.server.requests.count == 1)
      test.server.otherwise(.respond(status: 500, body: String(repeating: "x", count: 1 << 20)))
      #expect(try await test.itemError()?.kind == .malformedAnswer)
    }
  }

  @Test(arguments: [true, false]) func tooSlow(begins: Bool) async throws {
    try await TokenSourceTest.run {
      $0.settings.maximumAttempts = 1
    } _: { test async throws in
      test.server.enqueue(begins ? .begin : .hold)
      let call = Task { try await test.itemError() }
      await test.server.untilRequests(1)
      await until { !test.clock.sleeps.isEmpty }
      test.clock.advance(by: ManualClock.requestTimeout)
      #expect(try await call.value?.kind == .timedOut)
    }
  }

  @Test(arguments: [301, 302, 303, 307, 308], [ClientAuthentication.clientSecretPost, .clientSecretBasic])
  func aRedirectDoesNotGetTheSecret(status: Int, authentication: ClientAuthentication) async throws {
    try await ScriptedServer.run { other in
      other.otherwise(.token("stolen"))
      try await TokenSourceTest.run {
        $0.settings.authentication = authentication
      } _: { test async throws in
        test.server.otherwise(
          .respond(status: status, headers: [("Location", other.url + "/token")], body: "")
        )
        #expect(try await test.itemError()?.kind == .malformedAnswer)
        for request in other.requests {
          #expect(request.body.isEmpty)
          #expect(request.headers["Authorization"].isEmpty)
        }
      }
    }
  }

  @Test(arguments: ["item event", "item\n", "", "a\"b", "é"])
  func aScopeThatIsNoneMakesNoRequest(scope: String) async throws {
    try await TokenSourceTest.run { test async throws in
      let error = await #expect(throws: TokenRequestError.self) {
        try await test.source.token(for: [scope])
      }
      #expect(error?.kind == .invalidRequest)
      #expect(test.server.requests.isEmpty)
    }
  }
}
