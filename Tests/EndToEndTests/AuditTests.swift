import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// The audit log by the command line: whole, kept elsewhere, and found out.
@Suite struct AuditTests {
  private func run(_ folder: TemporaryFolder, _ arguments: String...) async throws -> TesseraProcess.Outcome {
    try await TesseraProcess.run(arguments, in: folder)
  }

  @Test func whatWasDoneIsSignedAtOnceAndTellsBeforeAndAfter() async throws {
    let folder = try await TemporaryFolder.withData()
    let create = ["client", "create", "--name", "sync", "--scope", "item", "--format", "json"]
    let secret = try #require(try await TesseraProcess.run(create, in: folder).member("client_secret"))
    #expect(try await run(folder, "client", "update", "sync", "--name", "other").status == 0)
    let verification = try await run(folder, "audit", "verify", "--format", "json")
    #expect(verification.status == 0, "\(verification.errors)")
    #expect(verification.json["valid"] as? Bool == true)
    #expect((verification.json["problems"] as? [String]) == [])
    let chains = try #require(verification.json["chains"] as? [[String: Any]])
    #expect(chains.first?["records"] as? Int == 3)
    #expect(chains.first?["records_since_checkpoint"] as? Int == 0)
    #expect(try await run(folder, "audit", "list").output.contains("name: sync → other"))

    let export = try await run(folder, "audit", "export")
    #expect(!export.output.contains(secret))
    let lines = try export.output.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    let actions = ["server.initialised", "client.created", "client.updated"]
    #expect(lines.compactMap { $0["action"] as? String } == actions)
    let differences = lines[2]["differences"] as? [String: [String: Any]]
    #expect(differences?["name"] as? [String: String] == ["before": "sync", "after": "other"])
    #expect(lines.last?["mark"] as? String == "checkpoint" && lines.count == 4)
    let rest = try await run(folder, "audit", "export", "--after", "2")
    #expect(rest.output.split(separator: "\n").count == 2)
  }

  @Test func aServerSignsWhatIsLeftWhenItStops() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let client = try await server.makeClient()
    var token: String?
    try await wait {
      token = try await server.send(client.tokenRequest()).member("accessToken")
      return token != nil
    }
    let form = [
      ("token", try #require(token)), ("client_id", client.id.rawValue), ("client_secret", client.secret),
    ]
    #expect(try await server.send(TestRequest(form: form).at("/oauth2/revoke")).status == 200)
    try await server.stop()
    let verification = try await run(server.folder, "audit", "verify", "--format", "json")
    #expect(verification.status == 0, "\(verification.errors)")
    let chains = try #require(verification.json["chains"] as? [[String: Any]])
    #expect(chains.map { $0["records"] as? Int } == [2, 1])
    #expect(chains.map { $0["records_since_checkpoint"] as? Int } == [0, 0])
    let list = try await run(server.folder, "audit", "list")
    #expect(list.output.contains("client:\(client.id) from 127.0.0.1"))
  }

  @Test func aDatabaseThatWasTakenBackIsFoundByACheckpointThatWasKept() async throws {
    // Copied as a file.
    let folder = try TemporaryFolder(database: nil)
    try await folder.makeData()
    let (database, copy) = (folder.url("tessera-data/tessera.sqlite"), folder.url("copy.sqlite"))
    try FileManager.default.copyItem(at: database, to: copy)
    #expect(try await run(folder, "scope", "create", "stock", "--description", "Stock").status == 0)
    let kept = try #require(try await run(folder, "audit", "verify", "--format", "json").member("checkpoint"))
    #expect(try await run(folder, "audit", "verify", "--checkpoint", kept).status == 0)

    try FileManager.default.removeItem(at: database)
    try FileManager.default.copyItem(at: copy, to: database)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: database.path)
    #expect(try await run(folder, "audit", "verify").status == 0, "nothing in it tells")
    let found = try await run(folder, "audit", "verify", "--checkpoint", kept)
    #expect(found.status == 1)
    #expect(found.errors.contains("record 2, which a checkpoint names, is gone"))
    #expect(found.errors.contains("tessera: the audit log is not as it was written"))
  }

  @Test(arguments: ["", "nonsense", "tessera-audit-1 checkpoint 1 administration 1 00 00ff 0"])
  func whatIsNoCheckpointIsRefused(text: String) async throws {
    let folder = try await TemporaryFolder.withData()
    let outcome = try await run(folder, "audit", "verify", "--checkpoint", text)
    #expect(outcome.status == 2)
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }
}
