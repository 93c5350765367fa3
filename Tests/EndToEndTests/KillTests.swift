import Foundation
import Synchronization
import TesseraCore
import TesseraTestSupport
import Testing

/// What is killed at a random moment leaves what was before it, or what comes after it.
@Suite struct KillTests {
  /// How many backups, restores and changes of the master key: a thousand of the three in full.
  private static let kills = TestExtent.times(12, inFull: 334)
  /// How many writes of commands, and of servers: a thousand of the two in full.
  private static let killedWrites = TestExtent.times(12, inFull: 500)

  /// Runs a command again and again, and kills it at a random moment of its life, which is learnt from a whole run.
  ///
  /// `check` is told after each whether it was killed. One that was done before is no kill: the next are sooner.
  private func kill(
    _ arguments: (Int) -> [String],
    in folder: TemporaryFolder,
    times: Int = KillTests.kills,
    _ check: (_ round: Int, _ isKilled: Bool) async throws -> Void
  ) async throws {
    let started = ContinuousClock.now
    let whole = try await TesseraProcess.run(arguments(0), in: folder)
    var length = ContinuousClock.now - started
    #expect(whole.status == 0, "\(whole.errors)")
    try await check(0, false)
    var (kills, round) = (0, 1)
    while kills < times {
      let process = try await TesseraProcess(arguments(round), in: folder)
      let moment = ContinuousClock.now + length * Double.random(in: 0..<1)
      try await wait { ContinuousClock.now >= moment || process.hasEnded }
      process.signal(SIGKILL)
      let outcome = try await process.outcome()
      let isKilled = outcome.status == -SIGKILL
      if isKilled { kills += 1 } else { length = length * 0.9 }
      #expect(isKilled || outcome.status == 0, "\(outcome.errors)")
      try await check(round, isKilled)
      round += 1
    }
    print("\(arguments(0)[0]): \(kills) kills in \(round) rounds")
  }

  /// Fails unless the audit chain holds and tells of each client of these that it was registered, and of no other.
  private func checkAudit(of folder: TemporaryFolder, registered: Set<String>) async throws {
    let verified = try await TesseraProcess.run(["audit", "verify"], in: folder)
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    let contents = try await present(in: folder)
    let events = zip(contents.texts("action", of: .audit), contents.texts("subject", of: .audit))
    let created = events.filter { $0.0 == AuditEvent.Action.clientCreated.rawValue }.map(\.1)
    let clients = contents.texts("id", of: .clients)
    #expect(created.sorted() == clients.sorted())
    #expect(registered.isSubset(of: clients), "what was answered is there")
  }

  @Test(.timeLimit(.minutes(60))) func commandsThatWrite() async throws {
    let folder = try await TemporaryFolder.withData()
    try await kill(
      { ["client", "create", "--name", "client \($0)", "--scope", "item"] },
      in: folder,
      times: KillTests.killedWrites
    ) { _, _ in
      try await checkAudit(of: folder, registered: [])
    }
  }

  @Test(.timeLimit(.minutes(60))) func aServerWhoseAPIWrites() async throws {
    let folder = try await TemporaryFolder.withData()
    let registered = Registered()
    var clients: [TestClient] = []
    for round in 0..<KillTests.killedWrites {
      let server = try await RunningServer.start(in: folder)
      if round % 100 == 0 { clients = [try await server.makeOperator("editor")] }
      let token = try await server.operatorToken(clients[0])
      let management = try await server.management()
      let before = registered.ids.count
      let enough = Int.random(in: 0..<8)
      await withTaskGroup { group in
        for writer in 0..<3 {
          group.addTask {
            for number in 0... {
              let name = "\(round) \(writer) \(number)"
              let request = TestRequest.management(
                "POST",
                "/admin/v1/clients",
                #"{"name":"\#(name)","scopes":["item"]}"#,
                token
              )
              guard let answer = try? await management.send(request), let id = answer.member("client_id")
              else { return }
              registered.add(id)
            }
          }
        }
        group.addTask {
          try? await wait { registered.ids.count >= before + enough }
          server.process.signal(SIGKILL)
        }
      }
      #expect(try await server.process.outcome().status == -SIGKILL)
      try await checkAudit(of: folder, registered: registered.ids)
    }
  }

  /// A folder with two backups of different stores, `0` and `1`, of which the first is restored.
  private func folder() async throws -> TemporaryFolder {
    let folder = try TemporaryFolder(database: nil)
    let source = ["TESSERA_STORE": try await BulkData.database(clients: 1000, in: folder)]
    for number in 0..<2 {
      let saved = try await TesseraProcess.run(["backup", "\(number)"], in: folder, environment: source)
      #expect(saved.status == 0, "\(saved.errors)")
      let changed = try await TesseraProcess.run(
        ["client", "create", "--name", "second", "--scope", "item"],
        in: folder,
        environment: source
      )
      #expect(number == 1 || changed.status == 0)
    }
    let restored = try await TesseraProcess.run(["restore", "0"], in: folder)
    #expect(restored.status == 0, "\(restored.errors)")
    return folder
  }

  private func present(in folder: TemporaryFolder) async throws -> BackupContents {
    let saved = try await TesseraProcess.run(["backup", "now", "--overwrite"], in: folder)
    #expect(saved.status == 0, "\(saved.errors)")
    return try BackupContents(folder.url("now"))
  }

  @Test(.timeLimit(.minutes(60))) func backup() async throws {
    let folder = try await folder()
    let expected = try await present(in: folder)
    try await kill({ _ in ["backup", "b"] }, in: folder) { _, isKilled in
      let file = folder.url("b")
      guard FileManager.default.fileExists(atPath: file.path) else {
        #expect(isKilled)
        return
      }
      #expect(try BackupContents(file).records == expected.records)
      try FileManager.default.removeItem(at: file)
    }
    #expect(try await TesseraProcess.run(["backup", "b"], in: folder).status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(names.filter { $0.hasPrefix("b") } == ["b"])
  }

  @Test(.timeLimit(.minutes(60))) func restore() async throws {
    let folder = try await folder()
    let backups = try (0..<2).map { try BackupContents(folder.url("\($0)")).data }
    #expect(backups[0] != backups[1])
    var isSecond = false
    try await kill({ _ in ["restore", "--replace", isSecond ? "0" : "1"] }, in: folder) { round, isKilled in
      let present = try await present(in: folder)
      let (before, after) = (backups[isSecond ? 1 : 0], backups[isSecond ? 0 : 1])
      #expect(present.data == after || isKilled && present.data == before, "round \(round)")
      // What is after it has its event, which is written with it.
      #expect(present.texts("action", of: .audit).last == "server.restored")
      if present.data == after { isSecond.toggle() }
    }
    #expect(try await TesseraProcess.run(["restore", "--replace", "0"], in: folder).status == 0)
    #expect(try await present(in: folder).data == backups[0])
  }

  @Test(.timeLimit(.minutes(60))) func rewrap() async throws {
    let folder = try TemporaryFolder(database: nil)
    let server = try await RunningServer.start(in: folder)
    let client = try await server.makeClient()
    func key() throws -> Data { try Data(contentsOf: folder.url("tessera-data/master.key")) }
    var last = try key()
    try await kill({ _ in ["key", "rewrap"] }, in: folder) { round, isKilled in
      let list = try await TesseraProcess.run(["key", "list"], in: folder)
      #expect(list.status == 0, "round \(round): \(list.errors)")
      #expect(
        list.output.contains(#/(?m)^1 +sealing +active/#) && list.output.contains(#/(?m)^2 +ES256 +active/#)
      )
      let present = try key()
      #expect(isKilled || present != last)
      last = present
      #expect(try await server.send(client.tokenRequest()).status == 200)
    }
    #expect(try await TesseraProcess.run(["key", "rewrap"], in: folder).status == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.url("tessera-data/master.key.new").path))
    try await server.stop()
    let again = try await RunningServer.start(in: folder)
    #expect(try await again.send(client.tokenRequest()).status == 200)
    try await again.stop()
  }
}

/// The clients of which a server has said that they are registered.
private final class Registered: Sendable {
  private let known = Mutex<Set<String>>([])

  var ids: Set<String> { known.withLock { $0 } }

  func add(_ id: String) { known.withLock { _ = $0.insert(id) } }
}
