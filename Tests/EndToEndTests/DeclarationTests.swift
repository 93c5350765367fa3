import Foundation
import TesseraTestSupport
import Testing

/// `tessera plan`, `apply` and `export`.
@Suite struct DeclarationTests {
  private static let apps = """
    resources:
      - uri: https://orders.example.com
        description: The orders API
    scopes:
      - name: orders:read
        description: Read orders
        resource: https://orders.example.com
    clients:
      - name: Order importer
        scopes: [orders:read, item]
        token_lifetime: 600
      - name: Reports
        scopes: [orders:read]
        token_format: jwt

    """

  private func tessera(
    _ arguments: [String],
    in folder: TemporaryFolder,
    input: String = ""
  ) async throws -> TesseraProcess.Outcome {
    try await TesseraProcess.run(arguments, in: folder, input: input)
  }

  private func clients(in folder: TemporaryFolder) async throws -> [[String: Any]] {
    let list = try await tessera(["client", "list", "--format", "json"], in: folder)
    return try #require(try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
  }

  @Test("G7 apply does what plan says; afterwards both say that nothing is to be done")
  func planAndApply() async throws {
    let folder = try await TemporaryFolder.withData()
    try Data(DeclarationTests.apps.utf8).write(to: folder.url("apps.yaml"))
    let plan = try await tessera(["plan", "-f", "apps.yaml"], in: folder)
    #expect(plan.status == 2 && plan.errors.isEmpty, "\(plan.errors)")
    #expect(
      plan.output == """
        + resource https://orders.example.com
            description  The orders API
        + scope orders:read
            description  Read orders
            resource     https://orders.example.com
        + client Order importer
            scopes          orders:read item
            token_lifetime  600
            secret          generated
        + client Reports
            scopes        orders:read
            token_format  jwt
            secret        generated

        4 to add.
        Not listed, and left alone: 1 resource (https://api.ants.tech), 4 scopes (event, item, profile, promotion).

        """
    )
    #expect(try await clients(in: folder).isEmpty)
    let applied = try await tessera(["apply", "-f", "apps.yaml", "--format", "json"], in: folder)
    #expect(applied.status == 0, "\(applied.errors)")
    let secrets = try #require(applied.json["secrets"] as? [[String: String]])
    #expect(secrets.compactMap { $0["name"] } == ["Order importer", "Reports"])
    #expect(secrets.allSatisfy { ($0["client_secret"]?.count ?? 0) == 32 })
    for command in ["plan", "apply"] {
      let again = try await tessera([command, "-f", "apps.yaml"], in: folder)
      #expect(again.status == 0 && again.output.hasPrefix("No changes"), "\(again)")
    }
    let changed = DeclarationTests.apps.replacing("[orders:read, item]", with: "[event, orders:read]")
      .replacing("        token_lifetime: 600\n", with: "").replacing("600", with: "60")
    let changes = try await tessera(["plan", "-f", "-"], in: folder, input: changed)
    let id = try #require(secrets[0]["client_id"])
    #expect(changes.status == 2)
    #expect(
      changes.output.hasPrefix(
        """
        ~ client Order importer (\(id))
            scopes          +event -item
            token_lifetime  600 → 60

        1 to change.
        """
      ),
      "\(changes.output)"
    )
  }

  @Test("G7 a broken file changes nothing and says line and column")
  func brokenFile() async throws {
    let folder = try await TemporaryFolder.withData()
    let broken = [
      (DeclarationTests.apps.replacing("token_format", with: "token_fromat"), "standard input:14:5: "),
      (DeclarationTests.apps.replacing("jwt", with: "jwe"), "standard input:14:19: "),
      (
        DeclarationTests.apps.replacing("scopes: [orders:read]", with: "scopes: [nonsense]"),
        "standard input:13:13: "
      ),
      (DeclarationTests.apps + "x: [", "standard input:16:1: "),
      ("", "standard input: this declares nothing"),
    ]
    for (text, place) in broken {
      for command in ["plan", "apply"] {
        let outcome = try await tessera([command, "-f", "-"], in: folder, input: text)
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("tessera: \(place)"), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
      }
    }
    #expect(try await clients(in: folder).isEmpty)
    let audit = try await tessera(["audit", "list", "--format", "json"], in: folder)
    #expect(!audit.output.contains("client.created") && !audit.output.contains("scope.created"))
  }

  @Test func newSecretsGoToFilesOfTheirOwnAndNothingIsOverwritten() async throws {
    let folder = try await TemporaryFolder.withData()
    let apps =
      "clients:\n  - {name: a, client_id: a/b, scopes: [item]}\n  - {name: c, client_id: c, scopes: [item]}\n"
    try Data(apps.utf8).write(to: folder.url("apps.yaml"))
    try FileManager.default.createDirectory(at: folder.url("secrets"), withIntermediateDirectories: true)
    try Data("precious".utf8).write(to: folder.url("secrets/c"))
    let arguments = ["apply", "-f", "apps.yaml", "--secrets-out", "secrets"]
    let refused = try await tessera(arguments, in: folder)
    #expect(refused.status == 5 && refused.errors.contains("secrets/c"), "\(refused.errors)")
    #expect(try String(contentsOf: folder.url("secrets/c"), encoding: .utf8) == "precious")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url("secrets").path) == ["c"])
    #expect(try await clients(in: folder).isEmpty)
    try FileManager.default.removeItem(at: folder.url("secrets"))
    let applied = try await tessera(arguments, in: folder)
    #expect(applied.status == 0, "\(applied.errors)")
    for (id, name) in [("a/b", "a%2Fb"), ("c", "c")] {
      let path = folder.url("secrets").path + "/" + name
      let secret = try String(contentsOfFile: path, encoding: .utf8)
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600 && secret.count == 32 && !applied.output.contains(secret))
      let listed = try await tessera(["client", "secret", "list", id, "--format", "json"], in: folder)
      #expect(listed.output.contains(secret.prefix(4)))
    }
  }

  @Test func whatIsExportedIsWhatThereIs() async throws {
    let folder = try await TemporaryFolder.withData()
    let names = ["yes", "1e5", "é: 😀 #", "it's \"quoted\"", "- a"]
    let commands =
      names.map { ["client", "create", "--name=\($0)", "--scope", "item", "--claim=tenant=\($0)"] } + [
        [
          "client", "create", "--name", "api", "--resource-server", "--authentication-method",
          "client_secret_basic",
        ],
        ["client", "create", "--name", "public", "--scope", "item", "--authentication-method", "none"],
        [
          "client", "create", "--name", "all", "--scope", "item,event", "--default-scope", "item",
          "--token-format", "jwt",
          "--token-lifetime", "60", "--allow-address", "10.0.0.0/8", "--id", "a b",
        ],
        ["client", "disable", "all", "--yes"], ["client", "secret", "revoke", "all", "default", "--yes"],
        ["resource", "create", "urn:x", "--description", "X", "--token-format", "jwt", "--jwt-type", "JWT"],
        ["resource", "create", "urn:y", "--description", "Y", "--signing-algorithm", "EdDSA"],
        ["resource", "retire", "urn:y", "--yes"],
        ["scope", "create", "x", "--description", "null", "--resource", "urn:x"],
        ["scope", "retire", "event", "--yes"], ["operator", "create", "operator", "--role", "admin"],
      ]
    for command in commands {
      let outcome = try await tessera(command, in: folder)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
    for format in ["text", "json"] {
      let exported = try await tessera(["export", "--format", format], in: folder)
      #expect(
        exported.status == 0 && exported.errors.contains("of operators are left out: 1"),
        "\(exported.errors)"
      )
      #expect(!exported.output.contains("tessera:"))
      let plan = try await tessera(["plan", "--prune", "-f", "-"], in: folder, input: exported.output)
      #expect(plan.status == 0, "\(plan.output)\(plan.errors)\(exported.output)")
    }
    // The same elsewhere, but for what can no longer be given.
    let other = try await TemporaryFolder.withData()
    let exported = try await tessera(["export"], in: folder).output
      .replacing("scopes: [item, event]", with: "scopes: [item]")
    let applied = try await tessera(["apply", "-f", "-"], in: other, input: exported)
    #expect(applied.status == 0, "\(applied.errors)")
    #expect(try await tessera(["export"], in: other).output == exported)
  }

  @Test func pruningAsksAndSaysWhatGoes() async throws {
    let folder = try await TemporaryFolder.withData()
    for name in ["kept", "gone"] {
      let made = try await tessera(["client", "create", "--name", name, "--scope", "item"], in: folder)
      #expect(made.status == 0)
    }
    let apps = "clients:\n  - name: kept\n    scopes: [item]\n"
    try Data(apps.utf8).write(to: folder.url("apps.yaml"))
    let left = try await tessera(["plan", "-f", "apps.yaml"], in: folder)
    #expect(left.status == 0 && left.output.contains("1 client (gone)"), "\(left.output)")
    let plan = try await tessera(["plan", "-f", "apps.yaml", "--prune"], in: folder)
    #expect(plan.status == 2 && plan.output.contains(#/- client gone \(.*\): removed/#), "\(plan.output)")
    let asked = try await tessera(["apply", "-f", "apps.yaml", "--prune"], in: folder)
    #expect(asked.status == 2 && asked.errors.contains("--yes"))
    #expect(try await clients(in: folder).count == 2)
    let done = try await tessera(["apply", "-f", "apps.yaml", "--prune", "--yes"], in: folder)
    #expect(done.status == 0 && done.output.contains("1 removed"), "\(done.output)\(done.errors)")
    #expect(try await clients(in: folder).compactMap { $0["name"] as? String } == ["kept"])
  }

  @Test func severalFilesAreOneDeclaration() async throws {
    let folder = try await TemporaryFolder.withData()
    try FileManager.default.createDirectory(at: folder.url("apps"), withIntermediateDirectories: true)
    for name in ["a", "b"] {
      let text = "clients:\n  - name: \(name)\n    scopes: [item]\n"
      try Data(text.utf8).write(to: folder.url("apps/\(name).yaml"))
    }
    let plan = try await tessera(["plan", "-f", "apps"], in: folder)
    #expect(plan.output.contains("2 to add."), "\(plan.output)\(plan.errors)")
    let twice = try await tessera(["plan", "-f", "apps", "-f", "apps/a.yaml"], in: folder)
    #expect(twice.status == 1 && twice.errors.contains("apps/a.yaml:2:11: another client"), "\(twice.errors)")
    try FileManager.default.createDirectory(at: folder.url("empty"), withIntermediateDirectories: true)
    #expect(try await tessera(["plan", "-f", "empty"], in: folder).status == 1)
    #expect(try await tessera(["plan", "-f", "missing.yaml"], in: folder).status == 1)
  }

  @Test("G7 of applies at once one does it, and what is killed has done all or nothing")
  func atOnceAndKilled() async throws {
    let folder = try await TemporaryFolder.withData()
    let count = 40
    func write(_ round: Int) throws {
      let clients = (0..<count).map {
        "  - {name: client \(round)-\($0), client_id: r\(round)-\($0), scopes: [item]}"
      }
      try Data("clients:\n\(clients.joined(separator: "\n"))\n".utf8).write(to: folder.url("apps.yaml"))
    }
    func done(_ round: Int) async throws -> Int {
      try await clients(in: folder).count { ($0["client_id"] as? String)?.hasPrefix("r\(round)-") ?? false }
    }
    let apply = ["apply", "-f", "apps.yaml", "--format", "json"]
    try write(0)
    let started = ContinuousClock.now
    let outcomes = try await withThrowingTaskGroup { group in
      for _ in 0..<3 { group.addTask { try await TesseraProcess.run(apply, in: folder) } }
      return try await group.reduce(into: [TesseraProcess.Outcome]()) { $0.append($1) }
    }
    let length = (ContinuousClock.now - started) / 2
    #expect(outcomes.allSatisfy { [0, 5].contains($0.status) }, "\(outcomes)")
    let made = outcomes.compactMap { ($0.json["secrets"] as? [Any])?.count }.filter { $0 > 0 }
    #expect(made == [count])
    let expected = try await done(0)
    #expect(expected == count)
    let secrets = folder.url("secrets").path
    for round in 1...TestExtent.times(8, inFull: 100) {
      try write(round)
      let process = try await TesseraProcess(apply + ["--secrets-out", secrets], in: folder)
      let moment = ContinuousClock.now + length * Double.random(in: 0..<1)
      try await wait { ContinuousClock.now >= moment || process.hasEnded }
      process.signal(SIGKILL)
      _ = try await process.outcome()
      let done = try await done(round)
      #expect(done == 0 || done == count, "round \(round): \(done)")
      let files = (try? FileManager.default.contentsOfDirectory(atPath: secrets)) ?? []
      let kept = files.filter { $0.hasPrefix("r\(round)-") }
      #expect(done == 0 || kept.count == count, "round \(round): no secret of a client is lost")
      for name in kept {
        let secret = try String(contentsOfFile: "\(secrets)/\(name)", encoding: .utf8)
        #expect(done == 0 || secret.count == 32)
      }
    }
    let verified = try await tessera(["audit", "verify"], in: folder)
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
  }
}
