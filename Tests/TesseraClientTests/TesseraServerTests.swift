import AsyncHTTPClient
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraClient

/// Against Tessera itself, in both of its dialects.
@Suite(.timeLimit(.minutes(5)), .everyDoor) struct TesseraServerTests {
  private func run(
    settings: ClientCredentialsTokenSource.Settings = .init(),
    secret: String? = nil,
    _ body: (TestServer, TestClient, ClientCredentialsTokenSource) async throws -> Void
  ) async throws {
    // No deadline strikes by chance on a machine that is busy with other tests.
    var settings = settings
    settings.requestTimeout = .seconds(120)
    settings.totalTimeout = .seconds(240)
    try await TestServer.run { server in
      let client = try await server.makeClient()
      try await withTestHTTPClient { httpClient in
        let source = try ClientCredentialsTokenSource(
          tokenEndpoint: "http://127.0.0.1:\(server.port)\(Door.current.rawValue)",
          dialect: Door.current == .contract ? .contract : .rfc6749,
          credentials: .fixed(
            ClientCredentials(clientID: client.id.rawValue, clientSecret: secret ?? client.secret)
          ),
          settings: settings,
          httpClient: httpClient
        )
        try await body(server, client, source)
      }
    }
  }

  /// How many requests the server has answered; a line is logged after its answer is on the way.
  private func requests(_ server: TestServer) async throws -> Int {
    var count = 0
    try await wait {
      count = server.log.lines.count { $0.contains("path=\(Door.current.rawValue)") }
      return count > 0
    }
    return count
  }

  @Test func twoHundredCallersCostOneRequest() async throws {
    try await run { server, _, source async throws in
      let values = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<200 { group.addTask { try await source.token(for: ["item", "event"]).value } }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(values.count == 1)
      #expect(try await requests(server) == 1)
    }
  }

  @Test(arguments: [TesseraClient.ClientAuthentication.clientSecretPost, .clientSecretBasic])
  func theLifetimeIsRightAlthoughTheClocksDisagree(authentication: TesseraClient.ClientAuthentication)
    async throws
  {
    var settings = ClientCredentialsTokenSource.Settings()
    settings.authentication = authentication
    try await run(settings: settings) { server, _, source async throws in
      // The server's clock stands still in 2023.
      let token = try await source.token(for: ["promotion", "item"])
      #expect(token.lifetime == .seconds(3600))
      #expect(Set(token.scopes) == ["item", "promotion"])
    }
  }

  @Test func refusals() async throws {
    try await run { _, _, source async throws in
      let error = await #expect(throws: TokenRequestError.self) { try await source.token(for: ["nonsense"]) }
      #expect(error?.name == "invalid_scope")
      let prefix = Door.current == .contract ? "Invalid scope: " : ""
      #expect(error?.message == prefix + "Requested scope is invalid")
    }
    try await run(secret: "NOTTHESECRETATALL") { server, _, source async throws in
      for _ in 0..<20 {
        let error = await #expect(throws: TokenRequestError.self) { try await source.token(for: ["item"]) }
        #expect(error?.name == "invalid_client")
      }
      #expect(try await requests(server) == 1)
    }
  }
}
