import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// Exit codes, output and refusals of the command line.
@Suite struct CommandLineTests {
  /// Exit codes: 0 done, 1 failure, 2 usage, 3 authentication, 4 not found, 5 conflict, 6 unreachable.
  static let table: [([String], Int32)] = [
    (["--version"], 0), (["--help"], 0), ([], 0), (["nonsense"], 2), (["client", "create"], 2),
    (["client", "create", "--name", "b", "--scope", "nonsense"], 2),
    (["client", "create", "--name", "", "--scope", "item"], 2),
    (["client", "create", "--name", "b", "--scope", "item ,event, profile promotion"], 0),
    (["client", "create", "--name", "b", "--scope", "item,,event"], 2),
    (["client", "create", "--name", "b"], 2), (["client", "create", "--name", "a", "--scope", "item"], 5),
    (["client", "create", "--name", "b", "--scope", "item", "--token-lifetime", "0"], 2),
    (["client", "create", "--name", "b", "--scope", "item", "--token-lifetime", "x"], 2),
    (["client", "create", "--name", "b", "--scope", "item", "--expires-in", "-1"], 2),
    (["client", "create", "--name", "b", "--scope", "item", "--id", "é"], 2),
    (["client", "create", "--name", "b", "--scope", "item", "--grant-type", "client_credentials"], 0),
    (["client", "create", "--name", "b", "--scope", "item", "--grant-type", "password"], 2),
    (["client", "update", "a", "--grant-type", "password"], 2),
    (["client", "update", "a", "--name", "b", "--if-version", "1"], 0),
    (["client", "update", "a", "--name", "b", "--if-version", "2"], 5),
    (["client", "disable", "a", "--yes", "--if-version", "2"], 5),
    (["client", "delete", "a", "--yes", "--if-version", "2"], 5),
    (["client", "delete", "a", "--yes", "--if-version", "1"], 0),
    (["resource", "retire", "https://api.ants.tech", "--yes", "--if-version", "2"], 5),
    (["client", "show", "nobody"], 4), (["client", "show", "a"], 0), (["client", "show"], 2),
    (["client", "update", "nobody", "--name", "c"], 4), (["client", "update", "a"], 2),
    (["client", "delete", "a"], 2), (["client", "delete", "nobody", "--yes"], 4),
    (["client", "enable", "a"], 5), (["client", "disable", "a", "--yes", "--keep-tokens"], 0),
    (["client", "update", "a", "--revoke-tokens", "--yes"], 2),
    (["client", "update", "a", "--token-lifetime", "60", "--revoke-tokens"], 2),
    (["client", "update", "a", "--token-lifetime", "60", "--revoke-tokens", "--yes"], 0),
    (["client", "create", "--name", "b ", "--scope", "item"], 2),
    (["client", "create", "--name", "A", "--scope", "item"], 5),
    (["client", "create", "--name", "b", "--scope", "item", "--id", " b"], 2),
    (["client", "secret", "add", "a", "--name", "Default"], 5),
    (["client", "secret", "add", "a", "--name", "default"], 5), (["client", "secret", "list", "a"], 0),
    (["client", "secret", "revoke", "a", "nonsense", "--yes"], 4),
    (["scope", "create", "a,b", "--description", "x"], 2),
    (["scope", "create", "item", "--description", "x"], 5),
    (["scope", "retire", "nonsense", "--yes"], 4), (["scope", "list"], 0), (["key", "list"], 0),
    (["audit", "list"], 0), (["config", "check"], 0), (["token", "inspect", "nonsense"], 1),
    (["client", "list", "--format", "xml"], 2), (["client", "list", "--data", "nowhere"], 1),
  ]

  @Test(arguments: CommandLineTests.table)
  func exitCodes(arguments: [String], status: Int32) async throws {
    let folder = try await TemporaryFolder.withData()
    #expect(
      try await TesseraProcess.run(["client", "create", "--name", "a", "--scope", "item"], in: folder).status
        == 0
    )
    let outcome = try await TesseraProcess.run(arguments, in: folder)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty == (status == 0))
    #expect(!outcome.errors.contains("Error Domain") && !outcome.errors.contains("Fatal"))
  }

  @Test func aWeakSecretIsTakenWithAWarning() async throws {
    let folder = try await TemporaryFolder.withData()
    func create(_ name: String, secret: String) async throws -> TesseraProcess.Outcome {
      try await TesseraProcess.run(
        ["client", "create", "--name", name, "--scope", "item", "--secret-file", "-"],
        in: folder,
        input: secret
      )
    }
    let weak = try await create("a", secret: "Summer2023!")
    #expect(weak.status == 0)
    #expect(weak.errors.contains("this secret can be guessed") && !weak.errors.contains("Summer"))
    let strong = try await create("b", secret: "ECOTBQNP44IFPCVMQNSZ")
    #expect(strong.status == 0 && strong.errors.isEmpty)
  }

  @Test func aClockThatWasAheadIsMendedByOneCommand() async throws {
    let folder = try await TemporaryFolder.withData()
    #expect(
      try await TesseraProcess.run(["client", "create", "--name", "a", "--scope", "item"], in: folder).status
        == 0
    )
    let outcome = try await TesseraProcess.run(
      ["revoke-all", "--clock-was-ahead", "--yes", "--format", "json"],
      in: folder
    )
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.json["keys_replaced"] as? Int == 2)
    let keys = try await TesseraProcess.run(["key", "list"], in: folder)
    #expect(keys.output.contains("active") && !keys.output.contains("retiring"))
  }

  @Test func anUnreachableServerHasItsOwnExitCode() async throws {
    let folder = try await TemporaryFolder.withData()
    let outcome = try await TesseraProcess.run(
      ["token", "issue", "--url", "http://127.0.0.1:1", "--client-id", "a", "--scope", "item"],
      in: folder,
      environment: ["TESSERA_CLIENT_SECRET": "12345678"]
    )
    #expect(outcome.status == 6)
  }

  @Test func clientCreateHasTheDocumentedMembers() async throws {
    let folder = try await TemporaryFolder.withData()
    let outcome = try await TesseraProcess.run(
      [
        "client", "create", "--name", "Warehouse", "--scope", "item", "--scope", "event", "--token-lifetime",
        "600",
        "--format", "json",
      ],
      in: folder
    )
    #expect(outcome.member("client_id")?.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil)
    #expect(outcome.member("client_secret")?.wholeMatch(of: /[A-Z2-7]{32}/) != nil)
    #expect(outcome.member("name") == "Warehouse")
    #expect(outcome.json["scopes"] as? [String] == ["item", "event"])
    #expect(outcome.json["token_lifetime"] as? Int == 600)
    let shown = try await TesseraProcess.run(["client", "show", "Warehouse", "--format", "json"], in: folder)
    #expect(shown.member("client_id") == outcome.member("client_id"))
    #expect(!shown.output.contains(try #require(outcome.member("client_secret"))), "a secret is shown once")
  }

  @Test func anImportedClientKeepsItsIDAndSecret() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let outcome = try await server.tessera(
      "client",
      "create",
      "--name",
      "legacy",
      "--scope",
      "item",
      "--id",
      "26156a86-b739-4c6b-9de2-314228c3e6e5",
      "--secret-file",
      "-",
      "--format",
      "json",
      input: "ECOTBQNP44IFPCVMQNSZ\n"
    )
    #expect(outcome.status == 0, "\(outcome.errors)")
    let response = try await server.send(
      TestRequest(
        body: "grant_type=client_credentials&client_id=26156a86-b739-4c6b-9de2-314228c3e6e5"
          + "&client_secret=ECOTBQNP44IFPCVMQNSZ&scope=item"
      )
    )
    #expect(response.status == 200)
    try await server.stop()
  }

  @Test func everyChangeIsInTheAuditLog() async throws {
    let folder = try await TemporaryFolder.withData()
    let commands = [
      ["client", "create", "--name", "a", "--scope", "item"],
      ["client", "update", "a", "--token-lifetime", "60"],
      ["client", "disable", "a", "--yes"], ["client", "enable", "a"],
      ["client", "secret", "add", "a", "--name", "n"],
      ["client", "secret", "revoke", "a", "n", "--yes"],
      ["scope", "create", "stock", "--description", "Stock"], ["scope", "retire", "stock", "--yes"],
      ["key", "rotate"],
      ["client", "delete", "a", "--yes"],
    ]
    for command in commands {
      let outcome = try await TesseraProcess.run(command, in: folder)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
    let audit = try await TesseraProcess.run(["audit", "list", "--format", "json"], in: folder)
    let records = try #require(
      try JSONSerialization.jsonObject(with: Data(audit.output.utf8)) as? [[String: Any]]
    )
    #expect(
      records.reversed().compactMap { $0["action"] as? String } == [
        "server.initialised", "client.created", "client.updated", "client.disabled", "client.enabled",
        "client.secret.added", "client.secret.revoked", "scope.created", "scope.retired", "key.rotated",
        "key.rotated",
        "client.deleted",
      ]
    )
  }

  @Test func twoFirstStartsAtOnceEndWithOneStore() async throws {
    let folder = try TemporaryFolder()
    let outcomes = try await withThrowingTaskGroup { group in
      for _ in 0..<6 {
        group.addTask {
          try await TesseraProcess.run(["init", "--format", "json"], in: folder)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for outcome in outcomes { #expect(outcome.status == 0, "\(outcome.errors)") }
    #expect(outcomes.count { $0.json["is_new"] as? Bool == true } == 1)
    let keys = try await TesseraProcess.run(["key", "list", "--format", "json"], in: folder)
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(keys.output.utf8)) as? [Any])
    #expect(rows.count == 2, "one of each use")
  }
}
