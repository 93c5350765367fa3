import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// `tessera migrate-store`, with the binary and real databases.
@Suite struct MigrateStoreTests {
  private static let embedded = "sqlite:tessera-data"

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder(database: nil)
    try Data("issuer: https://auth.example.com\n".utf8).write(to: folder.url("tessera.yaml"))
    return folder
  }

  private func newDatabase() async throws -> String {
    let server = try await PostgresServer.shared
    return server.url(try await server.makeDatabase())
  }

  private func migrate(
    _ source: String,
    _ target: String,
    in folder: TemporaryFolder
  ) async throws -> TesseraProcess.Outcome {
    try await TesseraProcess.run(
      ["migrate-store", "--from", source, "--to", target, "--format", "json"],
      in: folder
    )
  }

  /// Runs statements on a database.
  private func run(_ statements: String, on url: String, in folder: TemporaryFolder) async throws {
    try Data(statements.utf8).write(to: folder.url("statements.sql"))
    let status = try await TesseraProcess.shell(
      "psql -q -v ON_ERROR_STOP=1 -f statements.sql '\(url)' >/dev/null",
      in: folder
    )
    #expect(status == 0)
  }

  private func count(_ kind: String, in outcome: TesseraProcess.Outcome) -> Int? {
    (outcome.json["records"] as? [[String: Any]])?.first { $0["kind"] as? String == kind }?["count"] as? Int
  }

  private func digests(_ outcome: TesseraProcess.Outcome) -> [String] {
    (outcome.json["records"] as? [[String: Any]] ?? []).compactMap { $0["sha256"] as? String }
  }

  // MARK: There and back

  @Test(.timeLimit(.minutes(10)))
  func tokensAndSecretsOfBeforeWorkAndRevokedOnesDoNotThereAndBack() async throws {
    let folder = try folder()
    let database = try await newDatabase()
    var node = try await RunningServer.start(in: folder)
    let (client, api) = (try await node.makeClient(), try await node.makeClient("--resource-server"))
    let paused = try await node.makeClient()

    func token(_ client: TestClient) async throws -> String {
      try #require(try await node.send(client.tokenRequest()).member("accessToken"))
    }
    func isActive(_ token: String) async throws -> Bool {
      let response = try await node.send(request("/oauth2/introspect", by: api, token))
      #expect(response.status == 200)
      return response.json["active"] as? Bool ?? false
    }
    func start(_ environment: [String: String]) async throws {
      node = try await RunningServer.start(in: folder, environment: environment)
    }

    var alive = [try await token(client)]
    var dead = [try await token(client), try await token(paused)]
    #expect(try await node.send(request("/oauth2/revoke", by: client, dead[0])).status == 200)
    #expect(try await node.tessera("client", "disable", paused.id.rawValue, "--yes").status == 0)

    let early = try await migrate(MigrateStoreTests.embedded, database, in: folder)
    #expect(early.status == 5)
    #expect(early.errors == "tessera: a server runs on tessera-data; stop it, and run this again\n")
    try await node.stop()

    let up = try await migrate(MigrateStoreTests.embedded, database, in: folder)
    #expect(up.status == 0, "\(up.errors)")
    #expect(up.errors.contains("need the master key of the source, tessera-data/master.key"))
    #expect(up.member("from") == "sqlite:tessera-data")
    #expect([count("clients", in: up), count("revocations", in: up)] == [3, 1])
    let again = try await migrate(MigrateStoreTests.embedded, database, in: folder)
    #expect(again.status == 5 && again.errors.contains("has data already (clients)"))

    try await start(["TESSERA_STORE": database])
    for token in alive { #expect(try await isActive(token)) }
    for token in dead { #expect(try await !isActive(token)) }
    alive.append(try await token(client))
    dead.append(try await token(client))
    #expect(try await node.send(request("/oauth2/revoke", by: client, dead[2])).status == 200)
    #expect(try await node.send(paused.tokenRequest()).status != 200)

    let inUse = try await migrate(database, "sqlite:back", in: folder)
    #expect(inUse.status == 5 && inUse.errors.contains("stop them, and run this again"), "\(inUse.errors)")
    try await node.stop()

    // A session of the server may end a moment after the server.
    var back = try await migrate(database, "sqlite:back", in: folder)
    while back.status == 5, back.errors.contains("stop them") {
      back = try await migrate(database, "sqlite:back", in: folder)
    }
    #expect(back.status == 0, "\(back.errors)")
    #expect(back.errors == "tessera: note: copy the master key of the source to back/master.key\n")
    let copied = try await TesseraProcess.shell("cp -p tessera-data/master.key back/", in: folder)
    #expect(copied == 0)
    try await start(["TESSERA_DATA_DIR": "back"])
    for token in alive { #expect(try await isActive(token)) }
    for token in dead { #expect(try await !isActive(token)) }
    #expect(try await node.send(client.tokenRequest()).status == 200)
    try await node.stop()
  }

  private func request(_ path: String, by client: TestClient, _ token: String) -> TestRequest {
    var request = TestRequest(form: [
      ("client_id", client.id.rawValue), ("client_secret", client.secret), ("token", token),
    ])
    request.target = path
    return request
  }

  // MARK: Killed

  /// What a command says of the store after a kill: it has everything, or there is no data.
  private func isWhole(_ folder: TemporaryFolder, _ environment: [String: String]) async throws -> Bool {
    let list = try await TesseraProcess.run(["key", "list"], in: folder, environment: environment)
    if list.status != 0 {
      let lines = list.errors.split(separator: "\n").filter { !$0.contains("using the configuration in") }
      #expect(lines.count == 1, "\(list.errors)")
      // PostgreSQL notices a moment later that a process is gone.
      let reasons = ["no data at ", "another process keeps it locked", "did not give a lock in time"]
      #expect(reasons.contains { list.errors.contains($0) }, "\(list.errors)")
    }
    return list.status == 0
  }

  @Test(.timeLimit(.minutes(30)), arguments: [true, false])
  func whatIsKilledAtAnyMomentCanBeRunAgain(isUp: Bool) async throws {
    let folder = try folder()
    var source = try await BulkData.database(clients: 2000, in: folder)
    if isUp {
      // Only the key is in the folder so far.
      #expect(try await migrate(source, MigrateStoreTests.embedded, in: folder).status == 0)
      source = MigrateStoreTests.embedded
    }
    func newTarget() async throws -> String {
      if isUp { return try await newDatabase() }
      let name = UUID().uuidString
      let made = try await TesseraProcess.shell(
        "mkdir -m 700 \(name) && cp -p tessera-data/master.key \(name)/",
        in: folder
      )
      #expect(made == 0)
      return "sqlite:\(name)"
    }
    let started = ContinuousClock.now
    let whole = try await migrate(source, try await newTarget(), in: folder)
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(count("client_secrets", in: whole) == 2000)
    var length = ContinuousClock.now - started

    var target = try await newTarget()
    var kills = 0
    while kills < 12 {
      let process = try await TesseraProcess(["migrate-store", "--from", source, "--to", target], in: folder)
      let moment = ContinuousClock.now + length * Double.random(in: 0..<1)
      try await wait { ContinuousClock.now >= moment || process.hasEnded }
      process.signal(SIGKILL)
      let isKilled = try await process.outcome().status == -SIGKILL
      // One that was done before is no kill: the next are sooner.
      if isKilled { kills += 1 } else { length = length * 0.7 }
      let environment = isUp ? ["TESSERA_STORE": target] : ["TESSERA_DATA_DIR": String(target.dropFirst(7))]
      if try await isWhole(folder, environment) {
        target = try await newTarget()
      } else {
        #expect(isKilled)
      }
    }

    var last = try await migrate(source, target, in: folder)
    while last.status == 1, last.errors.contains("lock") {
      last = try await migrate(source, target, in: folder)
    }
    #expect(last.status == 0, "\(last.errors)")
    #expect(digests(last) == digests(whole) && !digests(last).isEmpty)
  }

  @Test(.timeLimit(.minutes(10)), arguments: [true, false])
  func ofTwoIntoOneTargetOneWins(isUp: Bool) async throws {
    let folder = try folder()
    var source = try await BulkData.database(clients: 500, in: folder)
    var target = "sqlite:target"
    if isUp {
      #expect(try await migrate(source, MigrateStoreTests.embedded, in: folder).status == 0)
      (source, target) = (MigrateStoreTests.embedded, try await newDatabase())
    }
    var processes: [TesseraProcess] = []
    for _ in 0..<2 {
      processes.append(
        try await TesseraProcess(["migrate-store", "--from", source, "--to", target], in: folder)
      )
    }
    var losers: [TesseraProcess.Outcome] = []
    for process in processes {
      let outcome = try await process.outcome()
      if outcome.status != 0 { losers.append(outcome) }
    }
    let loser = try #require(losers.first)
    #expect(losers.count == 1)
    #expect(loser.errors.split(separator: "\n").count == 1, "\(loser.errors)")
    #expect(
      ["has data already", "lock"].contains { loser.errors.contains($0) },
      "\(loser.errors)"
    )
  }

  // MARK: Refused

  @Test(.timeLimit(.minutes(10)))
  func whatCannotBeIsToldInOneLineThatSaysWhatToDo() async throws {
    let folder = try folder()
    try await folder.makeData()
    let server = try await PostgresServer.shared
    let (foreign, guarded) = (try await newDatabase(), try await newDatabase())
    try await run("CREATE TABLE orders (id int)", on: foreign, in: folder)
    let reader = "r" + UUID().uuidString.replacing("-", with: "").lowercased()
    try await run(
      "CREATE ROLE \(reader) LOGIN; REVOKE CREATE ON SCHEMA public FROM public",
      on: guarded,
      in: folder
    )
    let closed = guarded.replacing("owner@", with: "\(reader)@")
    let standby = guarded + "&options=-cdefault_transaction_read_only%3Don"
    let here = MigrateStoreTests.embedded
    let table: [(from: String, to: String, status: Int32, text: String)] = [
      (
        "tessera-data", "sqlite:b", 2,
        "--from is no store; it is written sqlite:DIR or postgres://host/database"
      ),
      (here, "mysql://u:hunter2@h/d", 2, "--to has to begin with one of sqlite:, postgres:, postgresql:"),
      (here, "sqlite:", 2, "--to names no place"),
      (here, here, 2, "--from and --to are the same store"),
      (here, "sqlite:tessera-data/../tessera-data", 2, "--from and --to are the same store"),
      (foreign, foreign, 1, "it has tables of another program"),
      ("sqlite:nowhere", "sqlite:b", 1, "no data at nowhere"),
      (guarded, "sqlite:b", 1, "no data at postgres://\(server.folder)/"),
      (here, foreign, 1, "it has tables of another program. Create a database for Tessera alone."),
      (here, closed, 1, "the user lacks rights"),
      (here, standby, 1, "it is read-only, perhaps a standby"),
      (here, "postgres://u:hunter2@/nothing?host=/nonexistent", 1, "there is no such socket"),
      (here, "postgres://u:hunter2@2@h/d", 1, "it must be postgres://user:password@host:port/database"),
      (here, "sqlite:/dev/null/b", 1, "cannot use the data directory /dev/null/b"),
      (here, "sqlite:tessera.yaml", 1, "is open to others than its owner"),
    ]
    for row in table {
      let outcome = try await migrate(row.from, row.to, in: folder)
      #expect(outcome.status == row.status, "\(row): \(outcome.errors)")
      #expect(outcome.errors.contains(row.text), "\(row): \(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1 && outcome.output.isEmpty, "\(outcome.errors)")
      #expect(!outcome.errors.contains("hunter2"))
    }
    // Nothing of it was in the way of the next.
    #expect(try await migrate(here, "sqlite:b", in: folder).status == 0)
  }

  @Test(.timeLimit(.minutes(10)))
  func aPasswordIsTakenFromAFile() async throws {
    let folder = try folder()
    try await folder.makeData()
    let guarded = try await newDatabase()
    try await run(
      """
      DO $$ BEGIN
        CREATE USER guarded PASSWORD 'hunter2' SUPERUSER;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END $$
      """,
      on: guarded,
      in: folder
    )
    let target = guarded.replacing("owner@", with: "guarded@")
    for (name, content) in [("right", "hunter2\n"), ("wrong", "hunter3\n")] {
      try Data(content.utf8).write(to: folder.url(name))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.url(name).path)
    }
    let here = MigrateStoreTests.embedded
    func migrate(
      _ source: String,
      _ target: String,
      _ options: [String] = [],
      _ environment: [String: String] = [:]
    ) async throws -> TesseraProcess.Outcome {
      try await TesseraProcess.run(
        ["migrate-store", "--from", source, "--to", target, "--format", "json"] + options,
        in: folder,
        environment: environment.merging(["PGPASSFILE": "/dev/null"]) { first, _ in first }
      )
    }
    let table: [(options: [String], environment: [String: String], status: Int32, text: String)] = [
      ([], [:], 1, "a password is needed"),
      (["--password-file", "wrong"], [:], 1, "password is wrong"),
      (["--password-file", "nothing"], [:], 1, "the password file nothing cannot be read"),
      (["--password-file", "right"], ["TESSERA_STORE_PASSWORD_FILE": "wrong"], 0, "need the master key"),
    ]
    for row in table {
      let outcome = try await migrate(here, target, row.options, row.environment)
      #expect(outcome.status == row.status && outcome.errors.contains(row.text), "\(row): \(outcome.errors)")
      #expect(!outcome.errors.contains("hunter"))
    }
    let back = try await migrate(target, "sqlite:back", [], ["TESSERA_STORE_PASSWORD_FILE": "right"])
    #expect(back.status == 0, "\(back.errors)")
    let both = try await migrate(target, try await newDatabase(), ["--password-file", "right"])
    #expect(both.status == 2 && both.errors.contains("one password file cannot be of two databases"))
  }

  @Test(.timeLimit(.minutes(10)))
  func aTargetWhoseDiskIsFullIsToldAndTheNextTryWorks() async throws {
    let folder = try folder()
    let source = try await BulkData.database(clients: 2000, in: folder)
    let status = try await TesseraProcess.shell(
      "trap '' XFSZ; ulimit -f 1000; exec $TESSERA migrate-store --from '\(source)' --to sqlite:b 2>errors",
      in: folder
    )
    #expect(status == 1)
    let errors = try String(contentsOf: folder.url("errors"), encoding: .utf8)
    #expect(
      errors
        == "tessera: cannot fill sqlite:b: The database cannot be written or read: the disk is full or fails\n"
    )
    let next = try await migrate(source, "sqlite:b", in: folder)
    #expect(next.status == 0, "\(next.errors)")
  }
}
