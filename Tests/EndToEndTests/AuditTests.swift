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

  @Test(
    "G5 an export is verified where nothing else is; a line changed, removed, inserted, moved or cut is found"
  )
  func exportedLog() async throws {
    let folder = try await TemporaryFolder.withData()
    for name in ["a", "b", "c"] {
      #expect(try await run(folder, "client", "create", "--name", name, "--scope", "item").status == 0)
    }
    let export = try await run(folder, "audit", "export").output
    let shown = try await run(folder, "audit", "verify", "--format", "json")
    let (key, checkpoint) = (shown.member("public_key"), shown.member("checkpoint"))
    let elsewhere = try TemporaryFolder(database: nil)
    func verify(_ text: String, _ arguments: String...) async throws -> TesseraProcess.Outcome {
      try Data(text.utf8).write(to: elsewhere.url("log.jsonl"))
      return try await TesseraProcess.run(
        ["audit", "verify", "--file", "log.jsonl"] + arguments,
        in: elsewhere
      )
    }
    let whole = try await verify(export, "--public-key", try #require(key))
    #expect(whole.status == 0 && whole.errors.isEmpty, "\(whole)")
    #expect(whole.output.contains("4 records, 1 to 4") && whole.output.contains("as it was written"))
    let itself = try await verify(export, "--checkpoint", try #require(checkpoint))
    #expect(itself.status == 0 && itself.errors.contains("compare it"), "\(itself)")
    let json = try await verify(export, "--format", "json")
    #expect(json.member("public_key") == key && json.json["valid"] as? Bool == true)

    let lines = export.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    func without(_ index: Int) -> [String] { Array(lines[..<index] + lines[(index + 1)...]) }
    var (moved, inserted, altered, more, cut) = (lines, lines, lines, lines, lines)
    moved.swapAt(1, 2)
    inserted.insert(lines[1].replacing("\"number\":2", with: "\"number\":3"), at: 2)
    altered[2] = altered[2].replacing("\"name\":\"b\"", with: "\"name\":\"x\"")
    more[2] = more[2].replacing("{\"number\"", with: "{\"approved\":true,\"number\"")
    cut[lines.count - 2] = cut[lines.count - 2].replacing("administration 4", with: "administration 3")
    for (text, reason) in [
      (moved, "record 3 does not follow from record 1"), (inserted, "lines were inserted or moved"),
      (altered, "record 3 does not follow from record 2"), (more, "line 3 has something that no record has"),
      (without(1), "record 3 does not follow from record 1"),
      (without(0), "record 2 does not follow from the start"),
      (without(3), "record 4, which a checkpoint names, is gone"), (cut, "was altered"),
      (Array(lines.dropLast(2)) + [""], "name it by --public-key"),
      (["x"] + lines, "line 1 is no line of an audit log"), ([""], "name it by --public-key"),
    ] {
      let outcome = try await verify(text.joined(separator: "\n"))
      #expect(outcome.status == 1 && outcome.errors.contains(reason), "\(reason): \(outcome)")
    }
    let other = try await verify(export, "--public-key", String(repeating: "ab", count: 32))
    #expect(other.status == 1 && other.errors.contains("is not signed by the key"), "\(other)")
    #expect(try await verify(export, "--public-key", "x").status == 2)
    let torn = try await verify(String(export.dropLast(20)), "--public-key", try #require(key))
    #expect(torn.status == 1 && torn.errors.contains("line 5 is no line"), "\(torn)")
    #expect(torn.errors.contains("there is no checkpoint"))
    #expect(try await verify(String(export.dropLast())).status == 0, "the newline at the end says nothing")
    #expect(try await run(elsewhere, "audit", "verify", "--file", "none").status == 1)

    // Later exports go on where the one before ended.
    #expect(try await run(folder, "client", "delete", "a", "--yes").status == 0)
    let rest = try await run(folder, "audit", "export", "--after", "4").output
    try Data(rest.utf8).write(to: elsewhere.url("rest.jsonl"))
    let both = try await verify(export, "--file", "rest.jsonl", "--public-key", try #require(key))
    #expect(both.status == 0 && both.output.contains("5 records, 1 to 5"), "\(both)")
    #expect(try await verify(rest).errors.contains("record 5 does not follow from the start"))
  }

  @Test(arguments: ["", "nonsense", "tessera-audit-1 checkpoint 1 administration 1 00 00ff 0"])
  func whatIsNoCheckpointIsRefused(text: String) async throws {
    let folder = try await TemporaryFolder.withData()
    let outcome = try await run(folder, "audit", "verify", "--checkpoint", text)
    #expect(outcome.status == 2)
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }
}
