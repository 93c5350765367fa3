import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// From registration to deletion, by the command line, against a server that runs.
@Suite struct LifeOfAClientTests {
  /// Asks for tokens until the answer has this status: a change counts within a second or so.
  private func expect(
    _ status: Int,
    _ server: RunningServer,
    _ request: TestRequest,
    line: Int = #line
  ) async throws {
    try await wait(line: line) { try await server.send(request).status == status }
  }

  @Test func aNewClientGetsATokenAtOnce() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let client = try await server.makeClient()
    #expect(try await server.send(client.tokenRequest()).status == 200)
    #expect(try await server.send(client.basicTokenRequest()).status == 200)
    #expect(try await server.send(client.tokenRequest(["scope": "profile"])).status == 400)
    #expect(try await server.stop().status == 0)
  }

  @Test func disablingEnablingAndDeletingTakeEffect() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let client = try await server.makeClient()
    try await expect(200, server, client.tokenRequest())
    #expect(try await server.tessera("client", "disable", client.id.rawValue, "--yes").status == 0)
    try await expect(400, server, client.tokenRequest())
    #expect(try await server.tessera("client", "enable", client.id.rawValue).status == 0)
    // Attempts while it was disabled count as failures, so the first answer may be 429.
    try await expect(200, server, client.tokenRequest())
    #expect(try await server.tessera("client", "delete", client.id.rawValue, "--yes").status == 0)
    try await expect(400, server, client.tokenRequest())
    #expect(try await server.tessera("client", "show", client.id.rawValue).status == 4)
    try await server.stop()
  }

  @Test func secretsRotateWithoutAnOutage() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let old = try await server.makeClient()
    let added = try await server.tessera(
      "client",
      "secret",
      "add",
      old.id.rawValue,
      "--name",
      "next",
      "--format",
      "json"
    )
    let new = TestClient(id: old.id, secret: try #require(added.member("client_secret")))
    try await expect(200, server, new.tokenRequest())
    #expect(try await server.send(old.tokenRequest()).status == 200)
    let revoked = try await server.tessera("client", "secret", "revoke", old.id.rawValue, "default", "--yes")
    #expect(revoked.status == 0, "\(revoked.errors)")
    try await expect(400, server, old.tokenRequest())
    #expect(try await server.send(new.tokenRequest()).status == 200)
    try await server.stop()
  }

  @Test func aTokenIsIssuedInspectedAndRevoked() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let client = try await server.makeClient()
    let issued = try await TesseraProcess.run(
      [
        "token", "issue", "--url", "http://127.0.0.1:\(server.port)", "--client-id", client.id.rawValue,
        "--scope", "item",
      ],
      in: server.folder,
      environment: ["TESSERA_CLIENT_SECRET": client.secret]
    )
    #expect(issued.status == 0, "\(issued.errors)")
    let token = issued.output.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(token.wholeMatch(of: /[a-z2-7]+/) != nil)
    let active = try await server.tessera("token", "inspect", token, "--format", "json")
    #expect(active.json["active"] as? Bool == true)
    #expect(active.member("client_id") == client.id.rawValue)
    #expect(try await server.tessera("token", "revoke", token, "--yes").status == 0)
    let revoked = try await server.tessera("token", "inspect", "-", "--format", "json", input: token + "\n")
    #expect(revoked.json["active"] as? Bool == false)
    #expect(try await server.tessera("token", "inspect", token + "a").status == 1)

    let refused = try await TesseraProcess.run(
      [
        "token", "issue", "--url", "http://127.0.0.1:\(server.port)", "--client-id", client.id.rawValue,
        "--scope", "item",
      ],
      in: server.folder,
      environment: ["TESSERA_CLIENT_SECRET": "wrong-secret"]
    )
    #expect(refused.status == 3)
    try await server.stop()
  }

  @Test func aRefusalIsExplainedAndItsRemedyWorks() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let client = try await server.makeClient()
    let request = client.tokenRequest(["scope": "profile"])
    try await expect(400, server, request)

    let explain = ["explain", "--client", client.id.rawValue, "--scope", "profile", "--address", "192.0.2.1"]
    let refused = try await TesseraProcess.run(explain, in: server.folder)
    #expect(refused.status == 0, "\(refused.errors)")
    #expect(refused.output.contains("NO  scope") && refused.output.contains("400 invalid_scope"))
    #expect(!refused.output.contains(client.secret))
    let remedy = try #require(refused.output.split(separator: "To change it: tessera ").last)
    let changed = try await TesseraProcess.run(
      remedy.split(whereSeparator: \.isWhitespace).map(String.init),
      in: server.folder
    )
    #expect(changed.status == 0, "\(remedy): \(changed.errors)")
    try await expect(200, server, request)

    let granted = try await TesseraProcess.run(explain + ["--format", "json"], in: server.folder)
    #expect(granted.json["granted"] as? Bool == true, "\(granted.output)")
    let nobody = try await server.tessera("explain", "--client", "nobody", "--scope", "item")
    #expect(nobody.status == 0 && nobody.output.contains("no client has the ID or name 'nobody'"))
    for wrong in [["--scope", "a,,b"], ["--address", "here"], ["--resource", "#"]] {
      let outcome = try await TesseraProcess.run(explain + wrong, in: server.folder)
      #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome.errors)")
    }
    try await server.stop()
  }

  @Test func keysRotateUnderALiveServer() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let client = try await server.makeClient()
    try await expect(200, server, client.tokenRequest())
    let rotated = try await server.tessera("key", "rotate")
    #expect(rotated.status == 0, "\(rotated.errors)")
    let list = try await server.tessera("key", "list")
    #expect(list.output.contains("pending") && list.output.contains("active"))
    try await expect(200, server, client.tokenRequest())
    try await server.stop()
  }

  @Test func nothingSecretIsInTheLogOrTheDatabase() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let client = try await server.makeClient()
    let response = try await server.send(client.tokenRequest())
    let token = try #require(response.member("accessToken"))
    _ = try await server.send(client.basicTokenRequest(["scope": "nonsense"]))
    let outcome = try await server.stop()
    #expect(outcome.errors.contains(client.id.rawValue))
    let data = server.folder.url("tessera-data")
    var everything = Array(outcome.errors.utf8) + Array(outcome.output.utf8)
    for name in try FileManager.default.contentsOfDirectory(atPath: data.path) where name != "master.key" {
      everything += try Data(contentsOf: data.appending(path: name))
    }
    for secret in [client.secret, token] {
      #expect(everything.firstRange(of: Array(secret.utf8)) == nil)
    }
  }
}
