import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// `tessera key destroy` and `tessera key rewrap`, with servers that run.
@Suite struct KeyCommandTests {
  /// Servers on one database, each with a data directory and a master key file of its own.
  private func nodes() async throws -> [RunningServer] {
    let database = PostgresDatabase()
    var nodes: [RunningServer] = []
    for _ in 0..<2 {
      let folder = try TemporaryFolder(database: database)
      try Data("issuer: https://auth.example.com\n".utf8).write(to: folder.url("tessera.yaml"))
      if let first = nodes.first {
        let copied = try await TesseraProcess.shell(
          "mkdir -m 700 tessera-data && cp -p '\(first.folder.url("tessera-data/master.key").path)' tessera-data/",
          in: folder
        )
        #expect(copied == 0)
      }
      nodes.append(try await RunningServer.start(in: folder))
    }
    return nodes
  }

  private func token(_ client: TestClient, of node: RunningServer) async throws -> String {
    try #require(try await node.send(client.tokenRequest()).member("accessToken"))
  }

  private func isActive(_ token: String, by api: TestClient, on node: RunningServer) async throws -> Bool {
    let form = [("client_id", api.id.rawValue), ("client_secret", api.secret), ("token", token)]
    let response = try await node.send(TestRequest(form: form).at("/oauth2/introspect"))
    #expect(response.status == 200)
    return response.json["active"] as? Bool ?? false
  }

  @Test(.timeLimit(.minutes(10)))
  func aKeyThatIsDestroyedIsGoneOnEveryNodeAndTheNextOneIsUsed() async throws {
    let nodes = try await nodes()
    let (client, api) = (try await nodes[0].makeClient(), try await nodes[1].makeClient("--resource-server"))
    let old = try await token(client, of: nodes[0])
    for node in nodes { #expect(try await isActive(old, by: api, on: node)) }
    let asked = try await nodes[1].tessera("key", "destroy", "1")
    #expect(asked.status == 2 && asked.errors.contains("pass --yes"), "\(asked.errors)")
    let unknown = try await nodes[1].tessera("key", "destroy", "9", "--yes")
    #expect(unknown.status == 4 && unknown.errors.contains("'tessera key list' shows those there are"))
    let destroyed = try await nodes[1].tessera("key", "destroy", "1", "--yes", "--format", "json")
    #expect(destroyed.status == 0, "\(destroyed.errors)")
    #expect((destroyed.json["successor"] as? [String: Any])?["number"] as? Int == 3)
    for node in nodes {
      try await wait { try await !isActive(old, by: api, on: node) }
      let new = try await token(client, of: node)
      for other in nodes { try await wait { try await isActive(new, by: api, on: other) } }
    }
    for node in nodes { try await node.stop() }
  }

  /// A node that gets the new key by hand, and one on whose data directory it is changed.
  @Test(.timeLimit(.minutes(10)), arguments: [true, false])
  func theMasterKeyIsChangedUnderServersThatRun(isPutThereBefore: Bool) async throws {
    let nodes = try await nodes()
    let (client, api) = (try await nodes[0].makeClient(), try await nodes[1].makeClient("--resource-server"))
    let old = try await token(client, of: nodes[0])
    let files = nodes.map { $0.folder.url("tessera-data/master.key").path }
    if isPutThereBefore {
      let made =
        "umask 077 && openssl rand -base64 32 >'\(files[0]).new' && cp -p '\(files[0]).new' '\(files[1]).new'"
      #expect(try await TesseraProcess.shell(made, in: nodes[0].folder) == 0)
    }
    let changed = try await nodes[0].tessera("key", "rewrap", "--format", "json")
    #expect(changed.status == 0, "\(changed.errors)")
    #expect(changed.json["keys"] as? Int == 2)
    #expect(changed.member("master_key_file") == "./tessera-data/master.key")
    #expect(changed.member("previous_master_key_file")?.hasPrefix("./tessera-data/master.key.old-") == true)
    for node in nodes {
      #expect(try await isActive(old, by: api, on: node))
      #expect(try await isActive(token(client, of: node), by: api, on: nodes[1]))
    }
    if !isPutThereBefore {
      try await wait { try nodes[1].process.errors().contains("the master key was changed") }
      #expect(try await nodes[1].tessera("key", "list").status == 1)
      let given = "cp -p '\(files[0])' '\(files[1]).new'"
      #expect(try await TesseraProcess.shell(given, in: nodes[0].folder) == 0)
      try await wait { try nodes[1].process.errors().contains("the new master key is in use") }
    }
    // A key that only the new one has wrapped.
    #expect(try await nodes[0].tessera("key", "rotate", "--use", "sealing", "--now").status == 0)
    for node in nodes {
      try await wait { try await node.tessera("key", "list").output.contains(#/(?m)^3 +sealing +active/#) }
      try await wait { try await isActive(token(client, of: nodes[0]), by: api, on: node) }
    }
    #expect(try Data(contentsOf: URL(filePath: files[0])) == Data(contentsOf: URL(filePath: files[1])))
    for node in nodes { try await node.stop() }
    let again = try await RunningServer.start(in: nodes[1].folder)
    #expect(try await again.send(client.tokenRequest()).status == 200)
    try await again.stop()
  }

  @Test func aKeyOfTheEnvironmentIsChangedByAFile() async throws {
    let folder = try TemporaryFolder()
    let keys = [1, 2].map { Data([UInt8](repeating: UInt8($0), count: 32)).base64EncodedString() }
    let old = ["TESSERA_MASTER_KEY": keys[0]]
    try await folder.makeData(old)
    let bare = try await TesseraProcess.run(["key", "rewrap"], in: folder, environment: old)
    #expect(bare.status == 2 && bare.errors.contains("name its file with --new-key-file"), "\(bare.errors)")
    try Data(keys[1].utf8).write(to: folder.url("new.key"))
    chmod(folder.url("new.key").path, 0o644)
    let change = ["key", "rewrap", "--new-key-file", "new.key"]
    let open = try await TesseraProcess.run(change, in: folder, environment: old)
    #expect(open.status == 1 && open.errors.contains("chmod 600"), "\(open.errors)")
    chmod(folder.url("new.key").path, 0o600)
    let done = try await TesseraProcess.run(change, in: folder, environment: old)
    #expect(done.status == 0 && done.errors.contains("give them the new master key now"), "\(done.errors)")
    let list = ["key", "list"]
    let stale = try await TesseraProcess.run(list, in: folder, environment: old)
    #expect(stale.status == 1 && stale.errors.split(separator: "\n").count == 1, "\(stale.errors)")
    let new = ["TESSERA_MASTER_KEY": keys[1]]
    #expect(try await TesseraProcess.run(list, in: folder, environment: new).status == 0)
    let twice = try await TesseraProcess.run(change, in: folder, environment: new)
    #expect(twice.status == 5 && twice.errors.contains("this is the master key already"), "\(twice.errors)")
    #expect(!(done.output + done.errors + stale.errors).contains(keys[1]))
  }
}
