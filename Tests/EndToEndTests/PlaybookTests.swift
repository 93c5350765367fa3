import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// Every playbook of docs/operations.md does what it is for, step by step, as it stands on the page.
@Suite struct PlaybookTests {
  @Test func everyPlaybookHasATestHere() throws {
    let titles = try Page("docs/operations.md").section(Playbook.heading).subsections
    let here = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
    let tested = here.matches(of: /Playbook\("([^"]+)"\)/).map { String($0.1) }
    #expect(titles.sorted() == tested.sorted() && !titles.isEmpty)
  }

  /// A server, and a client of the name that the page uses.
  private func start(_ arguments: String...) async throws -> (RunningServer, TestClient) {
    let folder = try TemporaryFolder()
    // Or a token would be another issuer's after a start at another port.
    try Data("issuer: https://auth.example.com\n".utf8).write(to: folder.url("tessera.yaml"))
    let server = try await RunningServer.start(in: folder)
    let made = try await TesseraProcess.run(
      ["client", "create", "--name", "warehouse", "--scope", "item", "--format", "json"] + arguments,
      in: server.folder
    )
    let id = try #require(made.member("client_id").flatMap { ClientID($0) }, "\(made.errors)")
    return (server, TestClient(id: id, secret: try #require(made.member("client_secret"))))
  }

  private func token(_ client: TestClient, _ server: RunningServer) async throws -> String {
    try #require(try await server.send(client.tokenRequest()).member("accessToken"))
  }

  private func isActive(_ token: String, in folder: TemporaryFolder) async throws -> Bool {
    let inspected = try await TesseraProcess.run(
      ["token", "inspect", "-", "--format", "json"],
      in: folder,
      input: token
    )
    return inspected.json["active"] as? Bool ?? false
  }

  /// The secret that a command has saved.
  private func saved(_ name: String, of client: TestClient, in folder: TemporaryFolder) throws -> TestClient {
    TestClient(id: client.id, secret: try String(contentsOf: folder.url(name), encoding: .utf8))
  }

  /// Waits until a request of a client is answered like this, as a running server hears of changes a moment later.
  private func waitFor(_ status: Int, _ client: TestClient, _ server: RunningServer) async throws {
    try await wait { try await server.send(client.tokenRequest()).status == status }
  }

  @Test(.timeLimit(.minutes(10))) func secret() async throws {
    let playbook = try Playbook("A client secret has leaked")
    let (server, client) = try await start()
    let old = try await token(client, server)
    let first = try await playbook.run(0, in: server.folder)
    #expect(first[0].contains("default"))
    let new = try saved("warehouse.secret", of: client, in: server.folder)
    try await waitFor(200, new, server)
    #expect(try await server.send(client.tokenRequest()).status == 200, "both work meanwhile")
    let second = try await playbook.run(1, in: server.folder)
    #expect(second[1].contains("client.secret.revoked"))
    try await wait { try await server.send(client.tokenRequest()).status != 200 }
    #expect(try await server.send(new.tokenRequest()).status == 200)
    #expect(try await !isActive(old, in: server.folder))
    #expect(playbook.count == 2)
    try await server.stop()
  }

  @Test(.timeLimit(.minutes(10))) func token() async throws {
    let playbook = try Playbook("A token has leaked")
    let (server, client) = try await start()
    let (leaked, other) = (try await token(client, server), try await token(client, server))
    try Data(leaked.utf8).write(to: server.folder.url("leaked.token"))
    let outputs = try await playbook.run(0, in: server.folder)
    #expect(outputs[1].contains("revoked"))
    #expect(try await !isActive(leaked, in: server.folder))
    #expect(try await isActive(other, in: server.folder))
    _ = try await playbook.run(1, in: server.folder)
    #expect(try await !isActive(other, in: server.folder))
    try await waitFor(200, client, server)
    #expect(playbook.count == 2)
    try await server.stop()
  }

  @Test(.timeLimit(.minutes(10))) func signingKey() async throws {
    let playbook = try Playbook("A signing key has leaked")
    let (server, client) = try await start("--token-format", "jwt")
    let old = try await token(client, server)
    #expect(try await isActive(old, in: server.folder))
    let outputs = try await playbook.run(0, in: server.folder)
    #expect(outputs[0].contains(#/(?m)^2 +ES256 +active/#), "\(outputs[0])")
    #expect(
      outputs[2].contains(#/(?m)^3 +ES256 +active/#) && !outputs[2].contains(#/(?m)^2 /#),
      "\(outputs[2])"
    )
    #expect(try await !isActive(old, in: server.folder))
    try await wait { try await isActive(token(client, server), in: server.folder) }
    let published = try await server.send(.keySet).json["keys"] as? [[String: Any]]
    let kid = try #require(outputs[0].firstMatch(of: #/(?m)^2 .* (\S+)$/#)).1
    #expect(published?.count == 1 && published?[0]["kid"] as? String != String(kid))
    #expect(playbook.count == 1)
    try await server.stop()
  }

  @Test(.timeLimit(.minutes(10))) func masterKeyLeaked() async throws {
    let playbook = try Playbook("The master key has leaked")
    let (server, client) = try await start()
    let old = try await token(client, server)
    let key = try Data(contentsOf: server.folder.url("tessera-data/master.key"))
    let outputs = try await playbook.run(0, in: server.folder)
    #expect(outputs[4].contains(#/(?m)^3 /#) && outputs[4].contains(#/(?m)^4 /#), "\(outputs[4])")
    #expect(!outputs[4].contains(#/(?m)^[12] /#))
    #expect(try Data(contentsOf: server.folder.url("tessera-data/master.key")) != key)
    #expect(try await !isActive(old, in: server.folder))
    // The server took everything from memory or took the new key, and a start has it, too.
    try await wait { try await isActive(token(client, server), in: server.folder) }
    try await server.stop()
    let again = try await RunningServer.start(in: server.folder)
    #expect(try await again.send(client.tokenRequest()).status == 200)
    #expect(playbook.count == 1)
    try await again.stop()
  }

  @Test(.databaseFile, .timeLimit(.minutes(10))) func masterKeyLost() async throws {
    let playbook = try Playbook("The master key is lost")
    let (server, client) = try await start()
    let folder = server.folder
    _ = try await PastedLine.run("mkdir -p media/safe && mv tessera-data/master.key media/safe/", in: folder)
    #expect(try await server.send(client.tokenRequest()).status == 200)
    #expect(try await TesseraProcess.run(["key", "list"], in: folder).status == 1)
    let outputs = try await playbook.run(0, in: folder)
    #expect(outputs[1].contains("active"))
    try await server.stop()
    var again = try await RunningServer.start(in: folder)
    #expect(try await again.send(client.tokenRequest()).status == 200)
    try await again.stop()

    _ = try await playbook.run(1, in: folder)
    again = try await RunningServer.start(in: folder)
    #expect(try await again.send(client.tokenRequest()).status != 200)
    let list = try await TesseraProcess.run(["client", "list", "--format", "json"], in: folder)
    let id = try #require(list.output.firstMatch(of: /"client_id" ?: ?"([^"]+)"/)).1
    let made = TestClient(id: try #require(ClientID(String(id))), secret: "")
    let new = try saved("warehouse.secret", of: made, in: folder)
    #expect(try await again.send(new.tokenRequest()).status == 200)
    #expect(playbook.count == 2)
    try await again.stop()
  }

  @Test(.databaseFile, .timeLimit(.minutes(10))) func diskLost() async throws {
    let playbook = try Playbook("The disk or the database is lost")
    let (server, client) = try await start()
    let (folder, old) = (server.folder, try await token(client, server))
    _ = try await PastedLine.run(
      "mkdir -p media/safe media/backups && cp tessera-data/master.key media/safe/",
      in: folder
    )
    let saved = try await server.tessera("backup", "media/backups/tessera.backup")
    #expect(saved.status == 0, "\(saved.errors)")
    try await server.stop()
    _ = try await PastedLine.run("rm -r tessera-data", in: folder)
    let outputs = try await playbook.run(0, in: folder)
    #expect(outputs[4].contains("server.restored") && outputs[4].contains("server.tokens.revoked"))
    let again = try await RunningServer.start(in: folder)
    #expect(try await again.send(client.tokenRequest()).status == 200)
    #expect(try await !isActive(old, in: folder))
    #expect(playbook.count == 1)
    try await again.stop()
  }

  @Test(.databaseFile, .timeLimit(.minutes(10))) func wrongChange() async throws {
    let playbook = try Playbook("Something was changed that should not have been")
    let (server, client) = try await start()
    let folder = server.folder
    _ = try await PastedLine.run("mkdir -p media/backups", in: folder)
    #expect(try await server.tessera("backup", "media/backups/tessera.backup").status == 0)
    #expect(try await server.tessera("client", "delete", "warehouse", "--yes").status == 0)
    let early = try await server.tessera("restore", "--replace", "media/backups/tessera.backup")
    #expect(early.status == 5)
    #expect(early.errors.hasSuffix("tessera: a server runs on ./tessera-data; stop it, and run this again\n"))
    try await server.stop()
    _ = try await playbook.run(0, in: folder)
    let again = try await RunningServer.start(in: folder)
    #expect(try await again.send(client.tokenRequest()).status == 200)
    #expect(FileManager.default.fileExists(atPath: folder.url("before-restore.backup").path))
    #expect(playbook.count == 1)
    try await again.stop()
  }

  @Test(.timeLimit(.minutes(10))) func certificate() async throws {
    let playbook = try Playbook("The certificate has expired")
    let (folder, authority) = (try TemporaryFolder(), try TestAuthority())
    for (name, certificate) in [("tls", try authority.issue(to: -60)), ("new", try authority.issue())] {
      try FileManager.default.createDirectory(at: folder.url(name), withIntermediateDirectories: false)
      try Data(certificate.chain.joined().utf8).write(to: folder.url("\(name)/fullchain.pem"))
      try Data(certificate.key.utf8).write(to: folder.url("\(name)/privkey.pem"))
      chmod(folder.url("\(name)/privkey.pem").path, 0o600)
    }
    try Data(authority.pem.utf8).write(to: folder.url("ca.pem"))
    try Data("http: {tls: {certificate: tls/fullchain.pem, key: tls/privkey.pem}}\n".utf8)
      .write(to: folder.url("tessera.yaml"))
    try await folder.makeData()
    let refused = try await TesseraProcess.run(["serve"], in: folder, environment: ["TESSERA_HTTP_PORT": "0"])
    #expect(refused.status == 1 && refused.errors.contains("has expired"), "\(refused.errors)")
    let outputs = try await playbook.run(0, in: folder)
    #expect(outputs[0].hasPrefix("notAfter="))
    let server = try await RunningServer.start(in: folder)
    let answer = try await PastedLine.run(
      "curl -sSi --cacert ca.pem https://localhost:\(server.port)/.well-known/jwks.json",
      in: folder
    )
    #expect(answer.contains(/^HTTP\/[0-9.]+ 200/))
    #expect(playbook.count == 1)
    try await server.stop()
  }
}
