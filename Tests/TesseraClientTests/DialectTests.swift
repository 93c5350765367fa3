import Foundation
import NIOHTTP1
import TesseraJOSE
import TesseraSupport
import Testing

@testable import TesseraClient

/// What goes over the wire in each dialect.
@Suite(.timeLimit(.minutes(5))) struct DialectTests {
  private static let seedAnswer = ScriptedServer.Answer.respond(
    headers: [("Date", "Thu, 10 Aug 2023 11:41:57 GMT")],
    body: """
      {"accessToken":"abc","accessTokenExpiresAt":"2023-08-10T12:41:57.643Z","scope":"item,event"}
      """
  )

  @Test func seed() async throws {
    try await TokenSourceTest.run {
      $0.dialect = .seed
      $0.path = "/oauth/token"
    } _: { test async throws in
      test.server.enqueue(DialectTests.seedAnswer)
      let token = try await test.source.token(for: ["item", "event"])
      #expect(token.value == "abc")
      #expect(token.scopes == ["item", "event"])
      #expect(token.lifetime == .seconds(3600))
      let request = try #require(test.server.requests.first)
      #expect(request.method == "POST")
      #expect(request.target == "/oauth/token")
      #expect(request.headers["Content-Type"] == ["application/x-www-form-urlencoded"])
      #expect(request.headers["Content-Length"] == ["\(request.body.utf8.count)"])
      #expect(request.headers["Authorization"].isEmpty)
      #expect(
        request.body
          == "grant_type=client_credentials&client_id=app&client_secret=\(TokenSourceTest.secret)"
          + "&scope=event%2Citem"
      )
    }
  }

  @Test func seedWithoutDateGoesByTheWallClock() async throws {
    try await TokenSourceTest.run {
      $0.dialect = .seed
      $0.wallClock = { Date(Timestamp(milliseconds: 1_691_671_317_643 - 100_000)) }
    } _: { test async throws in
      test.server.enqueue(
        .respond(body: #"{"accessToken":"abc","accessTokenExpiresAt":"2023-08-10T12:41:57.643Z"}"#)
      )
      let token = try await test.source.token(for: ["item"])
      #expect(token.lifetime == .seconds(100))
      #expect(token.scopes == ["item"])
    }
  }

  @Test func seedErrors() async throws {
    try await TokenSourceTest.run {
      $0.dialect = .seed
    } _: { test async throws in
      let body = """
        {"statusCode":400,"status":400,"code":400,"message":"Invalid scope: Requested scope is invalid",
        "name":"invalid_scope"}
        """
      test.server.enqueue(.respond(status: 400, body: body))
      let error = try await test.itemError()
      #expect(error?.name == "invalid_scope")
      #expect(error?.message == "Invalid scope: Requested scope is invalid")
      #expect(
        error?.description
          == "no access token (refused, status 400, invalid_scope): Invalid scope: Requested scope is invalid"
      )
    }
  }

  @Test func seedScopesWithACommaAreTwo() async throws {
    try await TokenSourceTest.run {
      $0.dialect = .seed
    } _: { test async throws in
      await #expect(throws: TokenRequestError.self) { try await test.source.token(for: ["item,event"]) }
      #expect(test.server.requests.isEmpty)
    }
  }

  @Test func rfc6749() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("abc", expiresIn: 60, scope: "item"))
      let token = try await test.source.token(for: ["item", "event"])
      #expect(token.value == "abc")
      #expect(token.authorization == "Bearer abc")
      #expect(token.scopes == ["item"], "fewer were granted")
      #expect(token.lifetime == .seconds(60))
      #expect(test.server.requests.first?.form["scope"] == "event%20item")
    }
  }

  @Test func rfc6749WithoutExpiresIn() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.respond(body: #"{"access_token":"abc","token_type":"BEARER"}"#))
      #expect(try await test.source.token(for: []).lifetime == .seconds(300))
      #expect(test.server.requests.first?.body.contains("scope") == false)
    }
  }

  @Test func basicAuthenticationIsFormEncodedFirst() async throws {
    try await TokenSourceTest.run {
      $0.settings.authentication = .clientSecretBasic
      $0.credentials = .fixed(ClientCredentials(clientID: "a:b", clientSecret: "ü+ "))
    } _: { test async throws in
      test.server.enqueue(.token("abc"))
      _ = try await test.item()
      let request = try #require(test.server.requests.first)
      #expect(request.headers["Authorization"] == ["Basic YSUzQWI6JUMzJUJDJTJCJTIw"])
      #expect(request.body == "grant_type=client_credentials&scope=item")
    }
  }
}
