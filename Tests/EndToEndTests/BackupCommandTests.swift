import Foundation
import Synchronization
import TesseraCore
import TesseraTestSupport
import Testing

/// `tessera backup` and `tessera restore`, with the binary.
@Suite struct BackupCommandTests {
  @Test(.timeLimit(.minutes(10)))
  func aBackupUnderWritesIsOfOneMomentAndOneAfterThemHasThemAll() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let folder = server.folder
    let writers = Writers()
    let made = try await withThrowingTaskGroup(of: Int.self) { group in
      for worker in 0..<3 {
        group.addTask {
          let client = try await server.makeClient()
          var count = 0
          while count < 5 || writers.goOn {
            let name = "client \(worker)-\(count)"
            #expect(
              try await server.tessera("client", "create", "--name", name, "--scope", "item").status == 0
            )
            let token = try #require(try await server.send(client.tokenRequest()).member("accessToken"))
            let form = [
              ("client_id", client.id.rawValue), ("client_secret", client.secret), ("token", token),
            ]
            #expect(try await server.send(TestRequest(form: form).at("/oauth2/revoke")).status == 200)
            count += 1
          }
          return count
        }
      }
      for number in 0..<6 {
        let outcome = try await server.tessera("backup", "\(number)")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let backup = try BackupContents(folder.url("\(number)"))
        let audit = zip(backup.texts("action", of: .audit), backup.texts("subject", of: .audit))
        let created = audit.filter { $0.0 == "client.created" }.map(\.1)
        #expect(created.sorted() == backup.texts("id", of: .clients), "each with its event, or neither")
        let revoked = audit.count { $0.0 == "token.revoked" }
        #expect(backup.records["revocations"]?.count == revoked)
        #expect(backup.texts("kind", of: .changes).count { $0 == "revocation" } == revoked)
      }
      writers.stop()
      return try await group.reduce(0, +)
    }
    #expect(try await server.tessera("backup", "last").status == 0)
    let last = try BackupContents(folder.url("last"))
    #expect(last.records["clients"]?.count == made + 3)
    #expect(last.records["revocations"]?.count == made)
    try await server.stop()
  }

  @Test func whatItPrintsAndThatTheFileIsForItsOwner() async throws {
    let folder = try await TemporaryFolder.withData()
    let text = try await TesseraProcess.run(["backup", "b"], in: folder)
    #expect(text.status == 0 && text.output.contains(" to b; the master key is not in it:\nRECORDS"))
    let mode =
      try FileManager.default.attributesOfItem(atPath: folder.url("b").path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let json = try await TesseraProcess.run(["backup", "b", "--overwrite", "--format", "json"], in: folder)
    #expect(json.member("file") == "b")
    let records = try #require(json.json["records"] as? [[String: Any]])
    #expect(records.map { $0["kind"] as? String } == RecordKind.all.map(\.name))
    let piped = try await TesseraProcess.shell("$TESSERA backup - >piped && test -s piped", in: folder)
    #expect(piped == 0)
    _ = try BackupContents(folder.url("piped"))
    let key = try Data(contentsOf: folder.url("tessera-data/master.key"))
    let bytes = try #require(Data(base64Encoded: key.dropLast()))
    for content in [key.dropLast(), bytes] {
      #expect(try Data(contentsOf: folder.url("b")).range(of: content) == nil)
    }
  }

  /// The one line that a command ends with.
  private func refusal(
    _ line: String,
    in folder: TemporaryFolder,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let status = try await TesseraProcess.shell("{ \(line); } 2>errors", in: folder)
    let errors = try String(contentsOf: folder.url("errors"), encoding: .utf8)
    #expect(
      status != 0 && errors.split(separator: "\n").count == 1,
      "\(errors)",
      sourceLocation: sourceLocation
    )
    return errors
  }

  @Test func aDiskThatIsFullLeavesNothingAndIsToldInOneLine() async throws {
    let folder = try TemporaryFolder(database: nil)
    let source = try await BulkData.database(clients: 1000, in: folder)
    let full = "export TESSERA_STORE='\(source)'; trap '' XFSZ; ulimit -f 100; exec"
    #expect(
      try await refusal("(\(full) $TESSERA backup b)", in: folder)
        == "tessera: cannot write b, and nothing was kept: File too large\n"
    )
    let piped = try await refusal("(\(full) $TESSERA backup - >/dev/full)", in: folder)
    #expect(piped.contains("No space left on device"), "\(piped)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(!names.contains { $0.hasPrefix("b") })
    let environment = ["TESSERA_STORE": source]
    #expect(try await TesseraProcess.run(["backup", "b"], in: folder, environment: environment).status == 0)
  }

  @Test(.databaseFile) func aRestoreThatFindsNoRoomChangesNothingAndTheNextTryWorks() async throws {
    let folder = try TemporaryFolder(database: nil)
    let source = try await BulkData.database(clients: 2000, in: folder)
    let saved = try await TesseraProcess.run(
      ["backup", "b"],
      in: folder,
      environment: ["TESSERA_STORE": source]
    )
    #expect(saved.status == 0, "\(saved.errors)")
    let full = "trap '' XFSZ; ulimit -f 500; exec"
    let line = try await refusal("(\(full) $TESSERA restore b)", in: folder)
    #expect(line.contains("the disk is full or fails"), "\(line)")
    #expect(try await TesseraProcess.run(["key", "list"], in: folder).status == 1)
    let next = try await TesseraProcess.run(["restore", "b"], in: folder)
    #expect(next.status == 0, "\(next.errors)")
    #expect(try await TesseraProcess.run(["client", "show", "bulk 2000"], in: folder).status == 0)
  }

  @Test func whatCannotBeIsToldInOneLineThatSaysWhatToDo() async throws {
    let (folder, empty) = (try await TemporaryFolder.withData(), try TemporaryFolder(database: nil))
    #expect(try await TesseraProcess.run(["backup", "b"], in: folder).status == 0)
    #expect(try await refusal("$TESSERA backup b", in: folder).contains("is there already"))
    #expect(try await refusal("$TESSERA backup tessera-data", in: folder).contains("is a folder"))
    #expect(try await refusal("$TESSERA backup none/b", in: folder).contains("No such file or directory"))
    #expect(try await refusal("$TESSERA backup", in: folder).contains("Missing expected argument '<file>'"))
    #expect(try await refusal("$TESSERA backup b", in: empty).hasPrefix("tessera: no data at "))
    #expect(try await refusal("$TESSERA restore b", in: folder).contains("has data already"))
    #expect(
      try await refusal("$TESSERA restore tessera-data/master.key", in: folder).contains("is no backup")
    )
    #expect(try await refusal("$TESSERA restore none", in: folder).contains("No such file or directory"))
    let bytes = try Data(contentsOf: folder.url("b"))
    try bytes.dropLast(40).write(to: folder.url("cut"))
    #expect(
      try await refusal("$TESSERA restore --replace cut", in: folder).contains("is cut off or was altered")
    )
    try bytes.write(to: empty.url("b"))
    let missing = try await refusal("$TESSERA restore b", in: empty)
    #expect(missing.contains("put it into ./tessera-data/master.key"), "\(missing)")
    #expect(!FileManager.default.fileExists(atPath: empty.url("tessera-data").path))
    let other = try await TemporaryFolder.withData()
    try bytes.write(to: other.url("b"))
    #expect(
      try await refusal("$TESSERA restore --replace b", in: other).contains("is not the master key of b")
    )
    #expect(try await TesseraProcess.run(["key", "list"], in: other).status == 0)
  }
}

/// Whether those that write go on.
private final class Writers: Sendable {
  private let isStopped = Mutex(false)

  var goOn: Bool { isStopped.withLock { !$0 } }

  func stop() { isStopped.withLock { $0 = true } }
}
