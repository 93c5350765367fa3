import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// Clients of another service, taken over by the command line, at a server that runs.
@Suite struct ImportCommandTests {
  private static let fixtures = URL(filePath: #filePath).appending(path: "../../Fixtures/import").standardized
  private static let secret = "8cdBTxqsPzN4vGyqXuLm2wKtfR"

  private static func fixture(_ name: String) -> String { fixtures.appending(path: name).path }

  private static func run(_ arguments: String..., in folder: TemporaryFolder, input: String = "") async throws
    -> TesseraProcess.Outcome
  {
    try await TesseraProcess.run(["import"] + arguments + ["--format", "json"], in: folder, input: input)
  }

  private static func clientCount(in folder: TemporaryFolder) async throws -> Int {
    let list = try await TesseraProcess.run(["client", "list", "--format", "json"], in: folder)
    let clients = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [Any]
    return try #require(clients?.count)
  }

  @Test func everyFormOfHashGetsATokenAndIsReplacedWhileTheServerRuns() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let outcome = try await ImportCommandTests.run(
      "csv",
      ImportCommandTests.fixture("clients.csv"),
      in: server.folder
    )
    #expect(outcome.status == 0 && outcome.json["taken_over"] as? Int == 11, "\(outcome)")
    for id in [
      "plain", "ory", "ory-512", "passlib", "django", "bcrypt", "spring", "scrypt", "doorkeeper",
      "identityserver", "directory",
    ] {
      let client = TestClient(id: try #require(ClientID(id)), secret: ImportCommandTests.secret)
      try await wait { try await server.send(client.tokenRequest()).status == 200 }
      #expect(try await server.send(client.basicTokenRequest()).status == 200, "\(id), the second time")
      let wrong = TestClient(id: client.id, secret: "wrong")
      #expect(try await server.send(wrong.tokenRequest()).status == 400, "\(id)")
    }
    try await wait {
      let audit = try await TesseraProcess.run(["audit", "list", "--format", "json"], in: server.folder)
      return audit.output.contains("scrypt, replaced since it was presented")
    }
    try await server.stop()
  }

  @Test func eachServiceIsReadAndTheReportNamesWhatIsLeft() async throws {
    let folder = try await TemporaryFolder.withData()
    let dry = try await ImportCommandTests.run(
      "keycloak",
      ImportCommandTests.fixture("keycloak-realm.json"),
      "--dry-run",
      in: folder
    )
    #expect(dry.json["taken_over"] as? Int == 2 && dry.json["dry_run"] as? Bool == true, "\(dry)")
    #expect(try await ImportCommandTests.clientCount(in: folder) == 0)
    let keycloak = try await ImportCommandTests.run(
      "keycloak",
      ImportCommandTests.fixture("keycloak-realm.json"),
      in: folder
    )
    #expect(keycloak.json["taken_over"] as? Int == 2)
    let left = try #require(keycloak.json["not_taken_over"] as? [[String: Any]])
    #expect(left.map { $0["client_id"] as? String } == ["account", "https://saml.example/metadata"])
    let auth0 = try await ImportCommandTests.run(
      "auth0",
      ImportCommandTests.fixture("auth0-clients.json"),
      "--client-grants",
      ImportCommandTests.fixture("auth0-client-grants.json"),
      "--create-scopes",
      "--resource",
      Administration.defaultResource,
      in: folder
    )
    #expect(auth0.json["new_scopes"] as? [String] == ["read:invoices"], "\(auth0)")
    let hydra = try await ImportCommandTests.run(
      "hydra",
      "-",
      in: folder,
      input: String(contentsOfFile: ImportCommandTests.fixture("hydra-rows.json"), encoding: .utf8)
    )
    #expect(hydra.json["taken_over"] as? Int == 2, "\(hydra)")
    let again = try await ImportCommandTests.run(
      "hydra",
      ImportCommandTests.fixture("hydra-rows.json"),
      in: folder
    )
    #expect(again.json["already_here"] as? Int == 2 && again.json["taken_over"] as? Int == 0)
    let text = try await TesseraProcess.run(
      ["import", "hydra", ImportCommandTests.fixture("hydra-list.json")],
      in: folder
    )
    #expect(text.status == 0 && text.output.contains("NOT TAKEN OVER, BECAUSE"), "\(text)")
    #expect(try await ImportCommandTests.clientCount(in: folder) == 5)
    let verify = try await TesseraProcess.run(["audit", "verify"], in: folder)
    #expect(verify.status == 0, "\(verify)")
  }

  @Test(arguments: [
    (["hydra", "-"], "[{\"client_id\":\"a\"", "the file ends in the middle of something"),
    (["csv", "-"], "client_id\na\na\n", "line 3: the client ID 'a' stands at line 2 already"),
    (["csv", "-"], "client_id,nonsense\n", "there is no column 'nonsense'"),
    (["csv", "nowhere.csv"], "", "cannot read nowhere.csv"), (["csv", "."], "", "cannot read ."),
    (["csv", "-", "--create-scopes"], "client_id\n", "--create-scopes and --resource need each other"),
    (["csv", "-", "--client-grants", "x"], "client_id\n", "--client-grants is for auth0"),
    (["auth0", "-", "--client-grants", "-"], "[]", "one of the two files can be standard input"),
    (["ldap", "-"], "", "ldap"),
    (["csv", "-", "--scope", "nonsense"], "client_id\na\n", "there is no scope 'nonsense'"),
  ])
  func whatIsBrokenChangesNothingAndIsToldInOneLine(arguments: [String], input: String, text: String)
    async throws
  {
    let folder = try await TemporaryFolder.withData()
    let outcome = try await TesseraProcess.run(["import"] + arguments, in: folder, input: input)
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(text), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1)
    #expect(try await ImportCommandTests.clientCount(in: folder) == 0)
  }

  @Test func aKilledImportGoesOnWhereItStopped() async throws {
    let folder = try await TemporaryFolder.withData()
    let count = TestExtent.times(1_000, inFull: 100_000)
    let lines = (0..<count).map { "client-\($0),item,\(ImportCommandTests.secret)\($0)" }
    let input = (["client_id,scopes,secret"] + lines).joined(separator: "\n")
    let process = try await TesseraProcess(["import", "csv", "-"], in: folder, input: input)
    try await wait { try await ImportCommandTests.clientCount(in: folder) > 0 }
    process.signal(SIGKILL)
    _ = try await process.outcome()
    let outcome = try await ImportCommandTests.run("csv", "-", in: folder, input: input)
    #expect(outcome.status == 0, "\(outcome)")
    let here = outcome.json["already_here"] as? Int ?? 0
    #expect(here > 0 && here + (outcome.json["taken_over"] as? Int ?? 0) == count, "\(outcome)")
    #expect(try await ImportCommandTests.clientCount(in: folder) == count)
    #expect(try await TesseraProcess.run(["audit", "verify"], in: folder).status == 0)
  }
}
