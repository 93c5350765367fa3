import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// What commands say of tokens, names and keys is so.
@Suite struct AdministrationTests {
  private func run(_ folder: TemporaryFolder, _ arguments: String...) async throws -> TesseraProcess.Outcome {
    try await TesseraProcess.run(arguments, in: folder)
  }

  private func rows(_ outcome: TesseraProcess.Outcome) throws -> [[String: Any]] {
    try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
  }

  private func isActive(_ token: String, _ server: RunningServer) async throws -> Bool? {
    try await server.tessera("token", "inspect", "-", "--format", "json", input: token).json["active"]
      as? Bool
  }

  private func token(_ server: RunningServer, _ client: TestClient) async throws -> String {
    var token: String?
    try await wait {
      token = try await server.send(client.tokenRequest()).member("accessToken")
      return token != nil
    }
    return try #require(token)
  }

  @Test func disablingTakesTokensBackForGoodAndAPauseDoesNot() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    for keepsTokens in [false, true] {
      let client = try await server.makeClient()
      let token = try await token(server, client)
      #expect(try await isActive(token, server) == true)
      let arguments =
        ["client", "disable", client.id.rawValue, "--yes"] + (keepsTokens ? ["--keep-tokens"] : [])
      let disabled = try await TesseraProcess.run(arguments, in: server.folder)
      #expect(disabled.status == 0, "\(disabled.errors)")
      #expect(try await isActive(token, server) == false)
      #expect(try await server.tessera("client", "enable", client.id.rawValue).status == 0)
      #expect(try await isActive(token, server) == keepsTokens)
    }
    try await server.stop()
  }

  @Test func whatTakesRightsAwaySaysWhatBecomesOfTokensOrTakesThemBackToo() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let commands: [(TestClient) -> [String]] = [
      { ["client", "update", $0.id.rawValue, "--scope", "event"] },
      { ["client", "secret", "revoke", $0.id.rawValue, "default"] },
      { _ in ["scope", "retire", "item"] }, { _ in ["resource", "retire", "https://api.ants.tech"] },
    ]
    // The last two at the end: nobody gets a token with what they retire.
    var worlds: [(command: [String], tokens: [String])] = []
    for command in commands {
      let client = try await server.makeClient()
      worlds.append((command(client), [try await token(server, client)]))
    }
    for (index, world) in worlds.enumerated() {
      let plain = index == 0 ? world.command : world.command + ["--yes"]
      let outcome: TesseraProcess.Outcome
      if index < 2 {
        outcome = try await TesseraProcess.run(plain, in: server.folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("existing tokens keep item until they expire") == (index == 0))
        for token in world.tokens { #expect(try await isActive(token, server) == true) }
      }
      guard index != 1 else { continue }
      let revoking = try await TesseraProcess.run(
        world.command + ["--yes", "--revoke-tokens"],
        in: server.folder
      )
      #expect(revoking.status == 0, "\(revoking.errors)")
      for token in world.tokens { #expect(try await isActive(token, server) == false) }
    }
    let client = try await server.tessera("client", "create", "--name", "x", "--scope", "item")
    #expect(client.status == 2, "a retired scope")
    try await server.stop()
  }

  @Test func aRotationThatIsRefusedAddsNoKey() async throws {
    let folder = try await TemporaryFolder.withData()
    #expect(try await run(folder, "client", "create", "--name", "a", "--scope", "item").status == 0)
    #expect(try await run(folder, "key", "rotate", "--use", "ES256").status == 0)
    let before = try rows(try await run(folder, "key", "list", "--format", "json"))
    let refused = try await run(folder, "key", "rotate")
    #expect(refused.status == 5)
    #expect(refused.errors.contains("no key was added"))
    #expect(try rows(try await run(folder, "key", "list", "--format", "json")).count == before.count)
    #expect(try await run(folder, "key", "rotate", "--use", "sealing", "--use", "sealing").status == 0)
    #expect(try rows(try await run(folder, "key", "list", "--format", "json")).count == before.count + 1)
  }

  @Test func aResourceThatIsRefusedAddsNoKey() async throws {
    let folder = try await TemporaryFolder.withData()
    #expect(try await run(folder, "client", "create", "--name", "a", "--scope", "item").status == 0)
    let refused = try await run(
      folder,
      "resource",
      "create",
      "https://api.ants.tech",
      "--description",
      "x",
      "--signing-algorithm",
      "EdDSA"
    )
    #expect(refused.status == 5)
    #expect(try rows(try await run(folder, "key", "list", "--format", "json")).count == 2)
  }

  @Test func aRefusedCommandThatMadeTheDataDirectorySaysSo() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let (folder, words) = (try TemporaryFolder(), "(the data directory ./tessera-data is new and stays)")
    for isNew in [true, false] {
      let refused = try await run(folder, "dev", "--port", "\(server.port)")
      #expect(refused.status == 1 && refused.errors.contains("in use"))
      #expect(refused.errors.contains(words) == isNew)
    }
    try await server.stop()
  }

  @Test func namesThatLookAlikeAreOneName() async throws {
    let folder = try await TemporaryFolder.withData()
    #expect(try await run(folder, "client", "create", "--name", "Caf\u{E9}", "--scope", "item").status == 0)
    for name in ["Cafe\u{301}", "CAFÉ"] {
      #expect(try await run(folder, "client", "create", "--name", name, "--scope", "item").status == 5)
      #expect(try await run(folder, "client", "show", name).status == 0)
    }
    for name in [" Café", "Café ", "Caf\u{E9}\u{200B}", "a\u{202E}b"] {
      #expect(try await run(folder, "client", "create", "--name", name, "--scope", "item").status == 2)
    }
    let persian = "می\u{200C}خواهم"
    #expect(try await run(folder, "client", "create", "--name", persian, "--scope", "item").status == 0)
    #expect(try await run(folder, "client", "show", persian).output.contains(persian))
  }

  @Test func theAuditLogOfADeletedClientIsFoundByItsName() async throws {
    let folder = try await TemporaryFolder.withData()
    #expect(try await run(folder, "client", "create", "--name", "Sync", "--scope", "item").status == 0)
    #expect(try await run(folder, "client", "delete", "Sync", "--yes").status == 0)
    let audit = try await run(folder, "audit", "list", "--subject", "sync", "--format", "json")
    #expect(
      try rows(audit).compactMap { $0["action"] as? String } == ["client.deleted", "client.created"]
    )
    #expect(audit.errors.contains("no client is called 'sync' now"))
    let shown = try await run(folder, "client", "show", "Sync")
    #expect(shown.status == 4 && shown.errors.contains("had that name"))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no full device"))
  func aSecretThatCannotBeWrittenIsSaidToBeLost() async throws {
    let folder = try await TemporaryFolder.withData()
    let errors = folder.url("errors")
    let create = #""$TESSERA" client create --name a --scope item > /dev/full 2> errors"#
    #expect(try await TesseraProcess.shell(create, in: folder) == 1)
    #expect(
      try String(contentsOf: errors, encoding: .utf8).contains("was registered, but its secret could not")
    )
    let add = #""$TESSERA" client secret add a --name n > /dev/full 2> errors"#
    #expect(try await TesseraProcess.shell(add, in: folder) == 1)
    #expect(try String(contentsOf: errors, encoding: .utf8).contains("secret 'n' was added to client"))
  }
}
