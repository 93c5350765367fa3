import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// Two servers, each with a data directory of its own, on one PostgreSQL.
@Suite struct TwoNodesTests {
  @Test(.timeLimit(.minutes(10)))
  func whatOneNodeChangesCountsOnTheOtherAndOneGoesOnAlone() async throws {
    let database = PostgresDatabase()
    let key = try TemporaryFolder()
    let made = try await TesseraProcess.shell(
      "umask 077 && head -c 32 /dev/urandom | base64 >master.key",
      in: key
    )
    #expect(made == 0)
    var nodes: [RunningServer] = []
    for _ in 0..<2 {
      let folder = try TemporaryFolder(database: database)
      try Data(
        """
        master-key-file: \(key.url("master.key").path)
        issuer: https://auth.example.com
        """.utf8
      ).write(to: folder.url("tessera.yaml"))
      nodes.append(try await RunningServer.start(in: folder))
    }
    let (client, api) = (try await nodes[0].makeClient(), try await nodes[1].makeClient("--resource-server"))

    func isActive(_ token: String, on node: RunningServer) async throws -> Bool {
      let response = try await node.send(request("/oauth2/introspect", by: api, token))
      #expect(response.status == 200)
      return response.json["active"] as? Bool ?? false
    }
    func token(of node: RunningServer) async throws -> String {
      try #require(try await node.send(client.tokenRequest()).member("accessToken"))
    }

    let tokens = [try await token(of: nodes[0]), try await token(of: nodes[1])]
    for token in tokens {
      for node in nodes { #expect(try await isActive(token, on: node)) }
    }
    #expect(try await nodes[0].send(request("/oauth2/revoke", by: client, tokens[1])).status == 200)
    #expect(try await !isActive(tokens[1], on: nodes[0]))
    try await wait { try await !isActive(tokens[1], on: nodes[1]) }
    #expect(try await isActive(tokens[0], on: nodes[1]))

    nodes[0].process.signal(SIGKILL)
    _ = try await nodes[0].process.outcome()
    let another = try await token(of: nodes[1])
    #expect(try await isActive(another, on: nodes[1]))
    let disabled = try await nodes[1].tessera("client", "disable", client.id.rawValue, "--yes")
    #expect(disabled.status == 0, "\(disabled.errors)")
    try await wait { try await !isActive(tokens[0], on: nodes[1]) }
    try await nodes[1].stop()
  }

  @Test func aStoreThatCannotBeReachedIsTold() async throws {
    let folder = try TemporaryFolder()
    let environment = ["TESSERA_STORE": "postgres://u:hunter2@/nothing?host=/nonexistent"]
    for command in [["init"], ["serve", "--no-wait"], ["client", "list"]] {
      let outcome = try await TesseraProcess.run(command, in: folder, environment: environment)
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("Cannot use PostgreSQL, database nothing at /nonexistent: "))
      #expect(!(outcome.errors + outcome.output).contains("hunter2"))
    }
    let shown = try await TesseraProcess.run(["config", "check"], in: folder, environment: environment)
    #expect(shown.output.contains("postgres:///nonexistent/nothing") && !shown.output.contains("hunter2"))
  }

  private func request(_ path: String, by client: TestClient, _ token: String) -> TestRequest {
    var request = TestRequest(form: [
      ("client_id", client.id.rawValue), ("client_secret", client.secret), ("token", token),
    ])
    request.target = path
    return request
  }
}
