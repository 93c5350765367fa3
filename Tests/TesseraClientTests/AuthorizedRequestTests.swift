import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Testing

@testable import TesseraClient

/// Calling an API in one line.
@Suite(.timeLimit(.minutes(5))) struct AuthorizedRequestTests {
  /// Runs a test with an API next to the token service.
  private func run<Result>(
    _ body: (TokenSourceTest, ScriptedServer) async throws -> Result
  ) async throws -> Result {
    try await ScriptedServer.run { api in
      try await TokenSourceTest.run { test in try await body(test, api) }
    }
  }

  private func call(
    _ test: TokenSourceTest,
    _ api: ScriptedServer,
    repeatsBody: Bool = false,
    change: (inout HTTPClientRequest) -> Void = { _ in }
  ) async throws -> UInt {
    var request = HTTPClientRequest(url: api.url + "/item")
    change(&request)
    return try await test.httpClient.execute(
      request,
      timeout: .minutes(10),
      authorizedBy: test.source,
      scopes: ["item"],
      repeatsBody: repeatsBody
    ).status.code
  }

  private func authorizations(_ api: ScriptedServer) -> [String] {
    api.requests.flatMap { $0.headers["Authorization"] }
  }

  @Test func presentsTheToken() async throws {
    try await run { test, api async throws in
      test.server.enqueue(.token("one"))
      api.otherwise(.respond(body: "ok"))
      #expect(try await call(test, api) == 200)
      let replaced = try await call(test, api) { $0.headers.add(name: "authorization", value: "Basic x") }
      #expect(replaced == 200)
      #expect(authorizations(api) == ["Bearer one", "Bearer one"])
      #expect(test.server.requests.count == 1)
    }
  }

  @Test func renewsOnceAfterA401() async throws {
    try await run { test, api async throws in
      test.server.enqueue(.token("revoked"), .token("fresh"))
      api.enqueue(.respond(status: 401, body: ""), .respond(body: "ok"))
      #expect(try await call(test, api) == 200)
      #expect(authorizations(api) == ["Bearer revoked", "Bearer fresh"])
    }
  }

  @Test func givesUpAfterTheSecond401() async throws {
    try await run { test, api async throws in
      test.server.otherwise(.token("one"))
      api.otherwise(.respond(status: 401, body: ""))
      #expect(try await call(test, api) == 401)
      #expect(api.requests.count == 2)
      #expect(try await call(test, api) == 401)
      #expect(api.requests.count == 3, "the token was renewed a moment ago")
      #expect(test.server.requests.count == 2)
    }
  }

  @Test(arguments: [403, 500]) func doesNotRenewAfterAnythingElse(status: Int) async throws {
    try await run { test, api async throws in
      test.server.otherwise(.token("one"))
      api.otherwise(.respond(status: status, body: ""))
      #expect(try await call(test, api) == UInt(status))
      #expect(api.requests.count == 1)
      #expect(test.server.requests.count == 1)
    }
  }

  private static func post(_ request: inout HTTPClientRequest) {
    request.method = .POST
    request.body = .bytes(ByteBuffer(string: "data"))
  }

  @Test func repeatsABodyWhenToldThatItMay() async throws {
    try await run { test, api async throws in
      test.server.enqueue(.token("revoked"), .token("fresh"))
      api.enqueue(.respond(status: 401, body: ""), .respond(body: "ok"))
      #expect(try await call(test, api, repeatsBody: true, change: AuthorizedRequestTests.post) == 200)
      #expect(api.requests.map(\.body) == ["data", "data"])
      #expect(authorizations(api) == ["Bearer revoked", "Bearer fresh"])
    }
  }

  @Test func anotherBodyIsNotRepeatedAndTheNextCallHasAnotherToken() async throws {
    try await run { test, api async throws in
      test.server.enqueue(.token("revoked"), .token("fresh"))
      api.enqueue(.respond(status: 401, body: ""), .respond(body: "ok"))
      #expect(try await call(test, api, change: AuthorizedRequestTests.post) == 401)
      #expect(test.server.requests.count == 1)
      #expect(try await call(test, api, change: AuthorizedRequestTests.post) == 200)
      #expect(authorizations(api) == ["Bearer revoked", "Bearer fresh"])
    }
  }

  @Test func aTokenServiceThatHangsDoesNotHoldTheCallLongerThanItsTimeout() async throws {
    try await run { test, api async throws in
      test.server.otherwise(.hold)
      let task = Task {
        try await test.httpClient.execute(
          HTTPClientRequest(url: api.url),
          timeout: .seconds(3),
          authorizedBy: test.source,
          scopes: ["item"]
        )
      }
      #expect(await test.clock.untilPauses(1) == [.seconds(3)])
      test.clock.advance(by: .seconds(3))
      let error = await #expect(throws: HTTPClientError.self) { try await task.value }
      #expect(error == .deadlineExceeded)
      #expect(api.requests.isEmpty)
    }
  }

  @Test func withoutATokenTheAPIIsNotCalled() async throws {
    try await run { test, api async throws in
      test.server.otherwise(.error(400, "invalid_scope"))
      await #expect(throws: TokenRequestError.self) { try await call(test, api) }
      #expect(api.requests.isEmpty)
    }
  }
}
