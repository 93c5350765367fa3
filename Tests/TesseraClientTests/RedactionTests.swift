import TesseraTestSupport
import Testing

@testable import TesseraClient

/// Neither the secret nor a token shows up anywhere.
@Suite(.timeLimit(.minutes(5))) struct RedactionTests {
  private static func texts(_ value: some Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return "\(value) \(String(reflecting: value)) \(dumped) \([value])"
  }

  @Test func tokensAndCredentials() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("hush"))
      let token = try await test.source.token(for: ["item"])
      #expect(!RedactionTests.texts(token).contains("hush"))
      #expect(RedactionTests.texts(token).contains("item"))
      #expect(!test.log.lines.joined().contains("hush"))
      #expect(!test.log.lines.joined().contains(TokenSourceTest.secret))
    }
    #expect(!RedactionTests.texts(TokenSourceTest.credentials).contains(TokenSourceTest.secret))
    let source = ClientCredentials.Source.fixed(TokenSourceTest.credentials)
    #expect(!RedactionTests.texts(source).contains(TokenSourceTest.secret))
  }

  @Test func aServerThatRepeatsTheRequest() async throws {
    try await TokenSourceTest.run { test async throws in
      let secret = TokenSourceTest.secret
      test.server.enqueue(
        .respond(status: 400, body: #"{"name":"x\#(secret)","message":"you sent \#(secret), \#(secret)"}"#)
      )
      let error = try #require(try await test.itemError())
      #expect(error.message == "you sent (secret), (secret)")
      #expect(!RedactionTests.texts(error).contains(secret))
      #expect(!test.log.lines.joined().contains(secret))
    }
  }

  @Test func aServersTextIsBoundedAndHasNoControlCharacters() async throws {
    try await TokenSourceTest.run { test async throws in
      let long = String(repeating: "y", count: 5000)
      test.server.enqueue(
        .respond(
          status: 400,
          body: #"{"error":"\#(long)","error_description":"a\r\n\u001b[31mb\u202ec\#(long)"}"#
        )
      )
      let error = try #require(try await test.itemError())
      #expect(error.name?.count == 64)
      #expect(error.message.unicodeScalars.count == 256)
      #expect(error.message.hasPrefix("a\u{FFFD}\u{FFFD}\u{FFFD}[31mb\u{FFFD}c"))
    }
  }

  @Test func anAnswerThatIsNotUnderstoodIsNotQuoted() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.respond(body: #"{"access_token":"hush","token_type":"mac"}"#))
      let error = try #require(try await test.itemError())
      #expect(!RedactionTests.texts(error).contains("hush"))
      #expect(!test.log.lines.joined().contains("hush"))
    }
  }
}
