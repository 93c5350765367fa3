import Foundation
import Synchronization
import TesseraCore
import TesseraTestSupport
import Testing

/// A revocation that was acknowledged is never undone.
@Suite struct RevocationCrashTests {
  /// The server is killed with -9 right after each acknowledgement, while others ask it for tokens.
  @Test(.timeLimit(.minutes(60)))
  func everyAcknowledgedRevocationSurvivesKillNine() async throws {
    let kills = ProcessInfo.processInfo.environment["TESSERA_TEST_KILLS"].flatMap { Int($0) } ?? 100
    let folder = try TemporaryFolder()
    var server = try await RunningServer.start(in: folder)
    let client = try await server.makeClient()
    let api = try await server.makeClient("--resource-server")
    let load = Load(client: client, server: server)
    // Ends with the test, and before it: what still runs would keep its folder.
    async let _ = load.run()

    var revoked: [String] = []
    for _ in 0..<kills {
      let token = try #require(try await server.send(client.tokenRequest()).member("accessToken"))
      #expect(try await isActive(token, server, api))
      #expect(try await server.send(request("/oauth2/revoke", by: client, token)).status == 200)
      server.process.signal(SIGKILL)
      #expect(try await server.process.outcome().status == -SIGKILL)
      revoked.append(token)
      server = try await RunningServer.start(in: folder)
      load.server.withLock { $0 = server }
      #expect(try await !isActive(token, server, api))
    }
    #expect(load.granted.withLock { $0 } > 0, "there was load")
    for token in revoked { #expect(try await !isActive(token, server, api)) }
    try await server.stop()
  }

  private func request(_ path: String, by client: TestClient, _ token: String) -> TestRequest {
    var request = TestRequest(form: [
      ("client_id", client.id.rawValue), ("client_secret", client.secret), ("token", token),
    ])
    request.target = path
    return request
  }

  private func isActive(_ token: String, _ server: RunningServer, _ api: TestClient) async throws -> Bool {
    let response = try await server.send(request("/oauth2/introspect", by: api, token))
    #expect(response.status == 200)
    return response.json["active"] as? Bool ?? true
  }

  /// Asks for tokens without end, from whichever server runs.
  private final class Load: Sendable {
    let server: Mutex<RunningServer>
    let granted = Mutex(0)
    private let request: TestRequest

    init(client: TestClient, server: RunningServer) {
      self.server = Mutex(server)
      request = client.tokenRequest(["scope": "event"])
    }

    func run() async {
      while !Task.isCancelled {
        let current = server.withLock { $0 }
        if let response = try? await current.send(request), response.status == 200 {
          granted.withLock { $0 += 1 }
        }
      }
    }
  }
}
