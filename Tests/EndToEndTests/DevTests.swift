import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// What a newcomer does: start it, paste the line it prints.
@Suite struct DevTests {
  private static var answer: Regex<Substring> {
    /\{"accessToken":"[a-z0-9]+","accessTokenExpiresAt":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","scope":"item"\}\n/
  }

  @Test("SEED the curl line that tessera dev prints returns the documented answer, at every start")
  func printedLine() async throws {
    let folder = try TemporaryFolder()
    for _ in 0..<3 {
      let server = try await RunningServer.start("dev", in: folder)
      let answer = try await PastedLine.run(PastedLine.curl(in: server.process.output()))
      #expect(answer.wholeMatch(of: DevTests.answer) != nil, "\(answer)")
      #expect(try await server.stop().status == 0)
    }
  }

  @Test func thePrintedLineWorksFromAFolderWithASpace() async throws {
    let folder = try TemporaryFolder()
    let server = try await RunningServer.start(
      "dev",
      in: folder,
      environment: ["TESSERA_DATA_DIR": folder.url.path + "/my data's folder"]
    )
    let answer = try await PastedLine.run(PastedLine.curl(in: server.process.output()))
    #expect(answer.wholeMatch(of: DevTests.answer) != nil, "\(answer)")
    try await server.stop()
  }

  @Test func noSecretIsInThePrintedLineAndTheFileIsTheOwnersOnly() async throws {
    let server = try await RunningServer.start("dev", in: TemporaryFolder())
    let output = try server.process.output()
    let secret = try #require(output.firstMatch(of: /client secret +([A-Z2-7]{32})/)).1
    #expect(try !PastedLine.curl(in: output).contains(secret))
    let form = server.folder.url("tessera-data/demo.form").path
    #expect(try FileManager.default.attributesOfItem(atPath: form)[.posixPermissions] as? Int == 0o600)
    try await server.stop()
  }

  /// The first secret too, which is the one that a newcomer has seen.
  @Test func everyStartReplacesTheSecretOfTheOneBefore() async throws {
    let folder = try TemporaryFolder()
    var former: TestClient?
    for _ in 0..<3 {
      let server = try await RunningServer.start("dev", in: folder)
      let output = try server.process.output()
      let shown = try #require(
        output.firstMatch(of: /client ID +([0-9a-f-]{36})\n +client secret +([A-Z2-7]{32})/)
      )
      let client = TestClient(id: try #require(ClientID(String(shown.1))), secret: String(shown.2))
      #expect(try await server.send(client.tokenRequest()).status == 200)
      if let former { #expect(try await server.send(former.tokenRequest()).status == 400) }
      former = client
      try await server.stop()
    }
  }

  @Test func aSecretThatSomebodyAddedGoesOnWorking() async throws {
    let folder = try TemporaryFolder()
    let first = try await RunningServer.start("dev", in: folder)
    let added = try await first.tessera(
      "client",
      "secret",
      "add",
      "demo",
      "--name",
      "mine",
      "--format",
      "json"
    )
    let client = TestClient(
      id: try #require(added.member("client_id").flatMap { ClientID($0) }),
      secret: try #require(added.member("client_secret"))
    )
    try await first.stop()
    let second = try await RunningServer.start("dev", in: folder)
    #expect(try await second.send(client.tokenRequest()).status == 200)
    try await second.stop()
  }

  @Test func makesNoDemoClientWhenThereAreOthers() async throws {
    let folder = try await TemporaryFolder.withData()
    let created = try await TesseraProcess.run(
      ["client", "create", "--name", "mine", "--scope", "item"],
      in: folder
    )
    #expect(created.status == 0)
    let server = try await RunningServer.start("dev", in: folder)
    let list = try await server.tessera("client", "list")
    #expect(list.output.contains("mine") && !list.output.contains("demo"))
    try await server.stop()
  }

  /// What was done to the demo client, and what the next start says about it; nil when its line works.
  static let changes: [(commands: [String], reason: String?)] = [
    (["scope retire item --yes"], nil),
    (["client update demo --scope event"], nil),
    (["client delete demo --yes"], nil),
    (["client secret add demo --name other"], nil),
    (["client secret revoke demo dev --yes"], nil),
    (["client disable demo --yes"], "is disabled"),
    (["client update demo --scope event", "scope retire event --yes"], "is retired"),
    (["resource retire https://api.ants.tech --yes"], "is retired"),
    (["client create --name mine --scope item", "client delete demo --yes"], "no client named 'demo'"),
    ((1...9).map { "client secret add demo --name \($0)" }, nil),
    (
      (1...9).map { "client secret add demo --name \($0)" } + [
        "client secret revoke demo dev --yes", "client secret add demo --name 10",
      ], "10 secrets"
    ),
  ]

  @Test(arguments: changes)
  func afterAChangeTheLineWorksOrItIsSaidWhyNot(commands: [String], reason: String?) async throws {
    let folder = try TemporaryFolder()
    try await RunningServer.start("dev", in: folder).stop()
    for command in commands {
      let outcome = try await TesseraProcess.run(command.split(separator: " ").map(String.init), in: folder)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
    let server = try await RunningServer.start("dev", in: folder)
    let output = try server.process.output()
    if let reason {
      #expect(output.contains(reason) && !output.contains("curl"), "\(output)")
    } else {
      #expect(try await PastedLine.run(PastedLine.curl(in: output)).contains(#""accessToken":"#))
    }
    try await server.stop()
  }

  /// The program is not on the PATH of whoever pastes, and the folder is another.
  @Test func theLineThatRegistersAnApplicationLeadsToAToken() async throws {
    let folder = try await TemporaryFolder.withData()
    for name in ["other", "my-app"] {
      let created = try await TesseraProcess.run(
        ["client", "create", "--name", name, "--scope", "item"],
        in: folder
      )
      #expect(created.status == 0)
    }
    #expect(try await TesseraProcess.run(["scope", "retire", "item", "--yes"], in: folder).status == 0)
    let server = try await RunningServer.start("dev", in: folder)
    let output = try server.process.output()
    let line = try #require(output.split(separator: "\n").first { $0.contains(" client create ") })
    let saved = folder.url("saved secret").path
    let printed = try await PastedLine.run(
      line + " --save-secret '\(saved)'",
      environment: folder.environment
    )
    let answer = try await PastedLine.run(PastedLine.curl(in: printed))
    #expect(answer.contains(#""scope":"event"}"#), "\(answer)")
    try await server.stop()
  }

  @Test func listensAtLoopbackOnly() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await TesseraProcess.run(
      ["dev", "--port", "0"],
      in: folder,
      environment: ["TESSERA_HTTP_HOST": "0.0.0.0"]
    )
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("loopback"))
  }
}
