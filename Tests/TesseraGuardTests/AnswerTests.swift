import Foundation
import Testing

@testable import TesseraGuard

/// What an answer of the introspection endpoint means (RFC 7662 §2.2).
@Suite(.timeLimit(.minutes(5))) struct AnswerTests {
  private static let end = GuardTest.start + 3600

  @Test func everyMemberIsRead() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(
        .respond(
          body: """
            {"active":true,"scope":"item event","client_id":"app","token_type":"Bearer","exp":\(Self.end),
             "iat":\(GuardTest.start),"sub":"app","aud":["https://a.example","https://b.example"],
             "iss":"https://login.example","jti":"4f2a","unknown":{"a":[1]}}
            """
        )
      )
      let token = try await test.verifier.verify("a-token")
      #expect(token.clientID == "app")
      #expect(token.scopes == ["item", "event"])
      #expect(token.audiences == ["https://a.example", "https://b.example"])
      #expect(token.expiresAt == Date(timeIntervalSince1970: Double(Self.end)))
      #expect(token.issuedAt == Date(timeIntervalSince1970: Double(GuardTest.start)))
      #expect(token.tokenID == "4f2a")
    }
  }

  @Test func theQuestionIsThatOfTheRFC() async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.active())
      _ = await test.verdict("a+token/with~all-._==")
      let request = try #require(test.server.requests.first)
      #expect(request.method == "POST" && request.target == "/oauth2/introspect")
      #expect(request.body == "token=a%2Btoken%2Fwith~all-._%3D%3D&token_type_hint=access_token")
      #expect(request.header("content-type") == ["application/x-www-form-urlencoded"])
      let credentials = Data("the%20api:\(GuardTest.secret)".utf8).base64EncodedString()
      #expect(request.header("authorization") == ["Basic \(credentials)"])
    }
  }

  @Test(
    arguments: [
      "", "null", "[]", "true", "{}", "{", #"{"active":"true"}"#, #"{"active":1}"#, #"{"active":null}"#,
      #"{"active":true}"#, #"{"active":true,"client_id":""}"#, #"{"active":true,"client_id":7}"#,
      #"{"active":true,"client_id":"app","exp":"1691674917"}"#,
      #"{"active":true,"client_id":"app","exp":-1}"#, #"{"active":true,"client_id":"app","exp":1e400}"#,
      #"{"active":true,"client_id":"app","exp":1e20}"#, #"{"active":true,"client_id":"app","exp":true}"#,
      #"{"active":true,"client_id":"app","scope":["item"]}"#,
      #"{"active":true,"client_id":"app","aud":{"a":1}}"#, "<html>Welcome</html>", "\u{FEFF}active",
      String(repeating: "[", count: 60_000),
    ]
  )
  func anAnswerThatIsNoneSaysNothingAboutTheToken(body: String) async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.respond(body: body), .inactive)
      #expect(await test.verdict() == .unknown(.malformedAnswer))
      #expect(await test.verdict() == .invalid, "it is not kept")
    }
  }

  @Test func anAnswerIsNotReadBeyondItsLimit() async throws {
    try await GuardTest.run { test async throws in
      let answer = #"{"active":true,"client_id":"app"}"#
      let fits = answer + String(repeating: " ", count: 65_536 - answer.utf8.count)
      test.server.enqueue(.respond(body: fits), .respond(body: fits + " "))
      #expect(await test.verdict("one") == .valid)
      #expect(await test.verdict("two") == .unknown(.malformedAnswer))
    }
  }

  @Test(
    arguments: [
      #""token_type":"DPoP""#, #""token_type":"N_A""#, #""cnf":{"jkt":"x"}"#,
      #""token_type":"Bearer","cnf":{"x5t#S256":"x"}"#,
    ]
  )
  func aBoundTokenIsWorthNothingAsABearerToken(member: String) async throws {
    try await GuardTest.run { test async throws in
      test.server.enqueue(.respond(body: #"{"active":true,"client_id":"app",\#(member)}"#))
      #expect(await test.verdict() == .invalid)
    }
  }

  @Test(arguments: [
    (#"["https://a.example","https://b.example"]"#, true), (#""https://b.example""#, true),
    (#""https://a.example""#, false), ("[]", false), (nil, false),
  ])
  func aTokenForAnotherAudienceIsInvalid(audience: String?, isValid: Bool) async throws {
    try await GuardTest.run {
      $0.settings.audience = "https://b.example"
    } _: { test async throws in
      let member = audience.map { #","aud":\#($0)"# } ?? ""
      test.server.enqueue(.respond(body: #"{"active":true,"client_id":"app"\#(member)}"#))
      #expect(await test.verdict() == (isValid ? .valid : .invalid))
    }
  }
}
