import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// Secrets and tokens need not be on a command line, where every process sees them.
@Suite struct SecretHandlingTests {
  private func create(
    _ server: RunningServer,
    _ arguments: String...,
    input: String = ""
  ) async throws -> TesseraProcess.Outcome {
    try await TesseraProcess.run(
      ["client", "create", "--name", "client \(UUID())"] + arguments,
      in: server.folder,
      input: input
    )
  }

  private func saved(_ folder: TemporaryFolder, _ name: String) throws -> (secret: String, permissions: Int?)
  {
    let file = folder.url(name)
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    return (
      String(decoding: try Data(contentsOf: file), as: UTF8.self), attributes[.posixPermissions] as? Int
    )
  }

  @Test(
    "The line that client create prints has no secret in it, and works",
    arguments: [[], ["--authentication-method", "client_secret_basic"], ["--id", "a b:c%+\"'"]]
  )
  func printedLine(options: [String]) async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let outcome = try await TesseraProcess.run(
      ["client", "create", "--name", "a", "--scope", "item,event"] + options,
      in: server.folder
    )
    let secret = try #require(outcome.output.firstMatch(of: /client secret +([A-Z2-7]{32})/)).1
    let line = try PastedLine.curl(in: outcome.output)
    #expect(!line.contains(secret))
    // curl asks whoever sits there, and reads the answer from standard input where nobody does.
    let answer = try await PastedLine.run("setsid -w sh -c \(quoted(line))", input: secret + "\n")
    #expect(answer.contains(#""scope":"item,event"}"#), "\(answer)")
    try await server.stop()
  }

  private func quoted(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }

  @Test(arguments: [
    [], ["--authentication-method", "client_secret_basic"],
    ["--authentication-method", "client_secret_post"],
    ["--id", "a b:c%+\"'"], ["--id", "a b:c%+\"'", "--authentication-method", "client_secret_basic"],
  ])
  func aSavedSecretIsInTheFileOnlyAndThePrintedLineReadsIt(options: [String]) async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let outcome = try await TesseraProcess.run(
      ["client", "create", "--name", "a", "--scope", "item", "--save-secret", "it's a secret"] + options,
      in: server.folder
    )
    #expect(outcome.status == 0, "\(outcome.errors)")
    let (secret, permissions) = try saved(server.folder, "it's a secret")
    #expect(permissions == 0o600 && secret.wholeMatch(of: /[A-Z2-7]{32}/) != nil)
    #expect(!outcome.output.contains(secret))
    let answer = try await PastedLine.run(PastedLine.curl(in: outcome.output))
    #expect(answer.contains(#""scope":"item"}"#), "\(answer)")
    try await server.stop()
  }

  @Test func aSavedSecretIsNotInTheJSON() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let outcome = try await create(server, "--scope", "item", "--save-secret", "first", "--format", "json")
    #expect(outcome.member("client_secret") == nil)
    #expect(outcome.member("client_secret_file")?.hasSuffix("/first") == true)
    let id = try #require(outcome.member("client_id"))
    let added = try await server.tessera(
      "client",
      "secret",
      "add",
      id,
      "--save-secret",
      "second",
      "--format",
      "json"
    )
    #expect(
      added.member("client_secret") == nil && added.member("client_secret_file")?.hasSuffix("/second") == true
    )
    for name in ["first", "second"] {
      let client = TestClient(id: try #require(ClientID(id)), secret: try saved(server.folder, name).secret)
      try await wait { try await server.send(client.tokenRequest()).status == 200 }
      let file = server.folder.url(name).path
      let issued = try await server.tessera(
        "token",
        "issue",
        "--client-id",
        id,
        "--scope",
        "item",
        "--client-secret-file",
        file
      )
      #expect(issued.status == 0, "\(issued.errors)")
    }
    try await server.stop()
  }

  /// It may hold the only copy of another secret.
  @Test func aFileThatIsThereIsNotReplacedAndNothingIsRegistered() async throws {
    let folder = try await TemporaryFolder.withData()
    try Data("other".utf8).write(to: folder.url("saved"))
    let arguments = ["client", "create", "--name", "a", "--scope", "item", "--save-secret", "saved"]
    #expect(try await TesseraProcess.run(arguments, in: folder).status == 5)
    #expect(try saved(folder, "saved").secret == "other")
    #expect(try await TesseraProcess.run(["client", "show", "a"], in: folder).status == 4)
  }

  @Test(arguments: [["--scope", "nonsense"], ["--scope", "item", "--id", "é"]])
  func aRegistrationThatFailsLeavesNoFile(options: [String]) async throws {
    let folder = try await TemporaryFolder.withData()
    let arguments = ["client", "create", "--name", "a", "--save-secret", "saved"] + options
    #expect(try await TesseraProcess.run(arguments, in: folder).status == 2)
    #expect(!FileManager.default.fileExists(atPath: folder.url("saved").path))
  }

  @Test(arguments: [
    ["client", "create", "--name", "b", "--scope", "item", "--save-secret", "s", "--secret-file", "-"],
    [
      "client", "create", "--name", "b", "--scope", "item", "--save-secret", "s", "--authentication-method",
      "none",
    ],
    ["client", "secret", "add", "b", "--save-secret", "s", "--secret-file", "-"],
    ["token", "inspect"], ["token", "inspect", "a", "--token-file", "b"], ["token", "revoke", "--yes"],
  ])
  func whatContradictsItselfIsRefused(arguments: [String]) async throws {
    #expect(try await TesseraProcess.run(arguments, in: TemporaryFolder()).status == 2)
  }

  @Test func aTokenIsTakenFromAFileAndFromStandardInput() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let token = try #require(
      try await server.send(server.makeClient().tokenRequest()).member("accessToken")
    )
    // With a newline, as it comes out of `tessera token issue`.
    try Data((token + "\n").utf8).write(to: server.folder.url("token"))
    for arguments in [["--token-file", "token"], ["--token-file", "-"], ["-"], [token]] {
      let inspected = try await TesseraProcess.run(
        ["token", "inspect", "--format", "json"] + arguments,
        in: server.folder,
        input: token + "\n"
      )
      #expect(inspected.json["active"] as? Bool == true, "\(inspected.errors)")
    }
    #expect(try await server.tessera("token", "revoke", "--token-file", "token", "--yes").status == 0)
    let revoked = try await server.tessera("token", "inspect", "--token-file", "token", "--format", "json")
    #expect(revoked.json["active"] as? Bool == false)
    #expect(try await server.tessera("token", "inspect", "--token-file", "none").status == 1)
    try await server.stop()
  }
}
