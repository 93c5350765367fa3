import Foundation
import NIOHTTP1
import TesseraSupport
import TesseraTestSupport

@testable import TesseraCore
@testable import TesseraGuard

/// Tessera itself, and an offline verifier of its tokens.
///
/// Its endpoints are behind a front whose port is known before they are made, because the issuer contains it.
struct OfflineServer: Sendable {
  let server: TestServer
  let front: ScriptedServer
  let verifier: AccessTokenVerifier
  let clock: ManualClock
  let metrics: CountingMetrics

  /// Where its scopes lead.
  static let audience = "https://api.ants.tech"

  static func run<Result>(_ body: (OfflineServer) async throws -> Result) async throws -> Result {
    try await TestServer.run { server in
      try await ScriptedServer.run { front in
        try await withTestHTTPClient { httpClient in
          front.route(route(to: try server.node.authorizationServer(.init(issuer: front.url))))
          let (clock, metrics) = (ManualClock(), CountingMetrics())
          let verifier = try AccessTokenVerifier(
            issuer: front.url,
            audience: audience,
            httpClient: httpClient,
            clock: clock,
            wallClock: { Date(server.clocks.wall.now) },
            metrics: metrics
          )
          return try await body(
            OfflineServer(server: server, front: front, verifier: verifier, clock: clock, metrics: metrics)
          )
        }
      }
    }
  }

  private static func route(
    to server: AuthorizationServer
  ) -> @Sendable (ScriptedServer.Request) async -> ScriptedServer.Answer? {
    { request in
      let parts = request.target.split(separator: "?", maxSplits: 1).map(String.init)
      guard let peer = SourceAddress("127.0.0.1"), let endpoint = server.routes[parts[0]] else {
        return .respond(status: 404, body: "")
      }
      let question = EndpointRequest(
        method: request.method,
        path: parts[0],
        query: parts.count == 2 ? parts[1] : nil,
        headers: .init(request.headers.map { ($0.name, $0.value) }),
        body: Array(request.body.utf8),
        origin: RequestOrigin(peer: peer, over: .plain)
      )
      let response = await endpoint.answer(question).response
      return .respond(
        status: response.status,
        headers: response.headers.all.map { ($0.name, $0.value) },
        body: String(decoding: response.body, as: UTF8.self)
      )
    }
  }

  /// Sends a request over HTTP.
  func send(_ request: TestRequest) async throws -> TesseraTestSupport.TestResponse {
    let port = front.url.split(separator: ":").last.flatMap { Int($0) } ?? 0
    let connection = try await TestConnection(port: port)
    await connection.send(request.bytes)
    let response = try await connection.response()
    await connection.close()
    guard let response else { throw TestServer.NoResponse() }
    return response
  }

  /// A client that gets JWTs.
  func makeClient() async throws -> TestClient { try await server.makeClient { $0.tokenFormat = .jwt } }

  /// A token from the standard door.
  func token(of client: TestClient) async throws -> String {
    let response = try await Door.$current.withValue(.standard) { try await send(client.tokenRequest()) }
    guard let token = response.accessToken else { throw NoToken(answer: response.text) }
    return token
  }

  func verdict(_ token: String) async -> GuardTest.Verdict { await GuardTest.Verdict(verifier, token) }

  /// Lets time pass for both sides, and the verifier take in what is to be taken in then.
  func pass(seconds: Int64) async throws {
    await untilIdle()
    server.clocks.advance(seconds: seconds)
    try await server.directory.catchUp()
    clock.advance(by: .seconds(seconds))
    await untilIdle()
  }

  private func untilIdle() async {
    await until {
      // Looked at once: between two looks a sleep can end.
      let pending = clock.pending
      return pending.count == 1 && pending.allSatisfy { $0 <= .seconds(2) }
    }
  }

  struct NoToken: Error {
    let answer: String
  }
}
