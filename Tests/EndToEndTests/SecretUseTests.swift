import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// Which secret is in use is told by the command line, so that the other can be removed.
@Suite struct SecretUseTests {
  @Test func theSecretThatIsInUseIsToldFromTheOneThatIsNot() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let client = try await server.makeClient()
    let folder = server.folder
    #expect(
      try await server.tessera("client", "secret", "add", client.id.rawValue, "--name", "new")
        .status == 0
    )
    try await wait { try await server.send(client.tokenRequest()).status == 200 }
    // What is in memory is told when a server stops.
    try await server.stop()

    func list() async throws -> [[String: Any]] {
      let arguments = ["client", "secret", "list", client.id.rawValue, "--format", "json"]
      let outcome = try await TesseraProcess.run(arguments, in: folder)
      return try #require(
        try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
      )
    }
    let secrets = try await list()
    #expect(secrets.map { $0["in_use"] as? Bool } == [true, false])
    #expect(secrets.map { $0["last_used_from"] as? String } == ["127.0.0.1", nil])
    #expect((secrets[0]["uses"] as? Int ?? 0) > 0 && secrets[1]["uses"] as? Int == 0)
    #expect(secrets[0]["prefix"] as? String == String(client.secret.prefix(4)))

    let name = try #require(secrets[0]["name"] as? String)
    let revoke = ["client", "secret", "revoke", client.id.rawValue, name]
    #expect(
      try await TesseraProcess.run(revoke, in: folder).status == 2,
      "it asks, and nobody answers"
    )
    #expect(try await list().count == 2)
    #expect(try await TesseraProcess.run(revoke + ["--yes"], in: folder).status == 0)
    #expect(try await list().map { $0["name"] as? String } == ["new"])
  }

  @Test(arguments: [
    ["--allow-address", "10.0.0.1/8"], ["--allow-address", "10.0.0.0/8", "--any-address"],
  ])
  func whatIsNoRangeOfAddressesIsRefused(options: [String]) async throws {
    let folder = try await TemporaryFolder.withData()
    let create = [
      "client", "create", "--name", "a", "--scope", "item", "--allow-address", "10.0.0.0/8,::1",
    ]
    #expect(try await TesseraProcess.run(create, in: folder).status == 0)
    let update = try await TesseraProcess.run(["client", "update", "a"] + options, in: folder)
    #expect(update.status == 2)
    let show = try await TesseraProcess.run(
      ["client", "show", "a", "--format", "json"],
      in: folder
    )
    #expect(show.json["allowed_addresses"] as? [String] == ["10.0.0.0/8", "::1"])
  }
}
