import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// The server and the commands beside it name one issuer.
@Suite struct IssuerTests {
  private func issuer(of server: RunningServer) async throws -> String? {
    var request = TestRequest()
    request.method = "GET"
    request.target = "/.well-known/oauth-authorization-server"
    request.headers = []
    return try await server.send(request).member("issuer")
  }

  private func registration(in folder: TemporaryFolder, _ environment: [String: String] = [:]) async throws
    -> String
  {
    let outcome = try await TesseraProcess.run(
      ["client", "create", "--name", "client \(UUID())", "--scope", "item"],
      in: folder,
      environment: environment
    )
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try PastedLine.curl(in: outcome.output)
  }

  @Test("W2 without a configured issuer it is where the server listens", arguments: ["dev", "serve"])
  func isWhereItListens(command: String) async throws {
    let server = try await RunningServer.start(command, in: TemporaryFolder())
    let url = "http://127.0.0.1:\(server.port)"
    #expect(try await issuer(of: server) == url)
    #expect(try await registration(in: server.folder).contains(" \(url)/oauth/token "))
    // Not what the command would take by itself, as long as a server runs.
    #expect(try await registration(in: server.folder, ["TESSERA_HTTP_PORT": "1"]).contains(" \(url)/"))
    try await server.stop()
  }

  @Test func aConfiguredIssuerIsNamedByBoth() async throws {
    let configured = "https://login.example.com"
    let server = try await RunningServer.start(
      in: TemporaryFolder(),
      environment: ["TESSERA_ISSUER": configured]
    )
    #expect(try await issuer(of: server) == configured)
    #expect(try await registration(in: server.folder).contains(" \(configured)/oauth/token "))
    try await server.stop()
  }

  /// A record of a server that was killed says what was, and gives way to what is configured.
  @Test func withoutAServerItIsWhatIsConfiguredElseWhatWasLast() async throws {
    let folder = try await TemporaryFolder.withData()
    #expect(try await registration(in: folder).contains(" http://127.0.0.1:8080/oauth/token "))
    let server = try await RunningServer.start(in: folder)
    server.process.signal(SIGKILL)
    _ = try await server.process.outcome()
    #expect(try await registration(in: folder).contains(" http://127.0.0.1:\(server.port)/"))
    for (variable, value, expected) in [
      ("TESSERA_HTTP_PORT", "9000", "http://127.0.0.1:9000/"),
      ("TESSERA_HTTP_HOST", "::1", "'http://[::1]:8080/"),
      ("TESSERA_ISSUER", "https://login.example.com", "https://login.example.com/"),
      ("TESSERA_HTTP_PORT", "0", "http://127.0.0.1:\(server.port)/"),
    ] {
      #expect(
        try await registration(in: folder, [variable: value]).contains(" \(expected)"),
        "\(variable)=\(value)"
      )
    }
    try Data("{".utf8).write(to: folder.url("tessera-data/server.json"))
    #expect(try await registration(in: folder).contains(" http://127.0.0.1:8080/"))
  }

  @Test func aChangeOfTheIssuerIsInTheLog() async throws {
    let folder = try TemporaryFolder()
    let words = "the issuer has changed: tokens of the previous one are invalid"
    let first = try await RunningServer.start(
      in: folder,
      environment: ["TESSERA_ISSUER": "https://a.example"]
    )
    let token = try #require(
      try await first.send(first.makeClient().tokenRequest()).member("accessToken")
    )
    #expect(try await first.tessera("token", "inspect", "-", input: token).status == 0)
    #expect(try await !first.stop().errors.contains(words))
    let same = try await RunningServer.start(in: folder, environment: ["TESSERA_ISSUER": "https://a.example"])
    #expect(try await same.tessera("token", "inspect", "-", input: token).status == 0)
    #expect(try await !same.stop().errors.contains(words))
    let other = try await RunningServer.start(
      in: folder,
      environment: ["TESSERA_ISSUER": "https://b.example"]
    )
    let inspected = try await other.tessera("token", "inspect", "-", input: token)
    #expect(inspected.status == 1 && inspected.errors.contains("not a token of https://b.example"))
    let errors = try await other.stop().errors
    #expect(errors.contains(words) && errors.contains("https://a.example"), "\(errors)")
  }

  @Test func behindAProxyAMissingIssuerIsInTheLog() async throws {
    for (environment, isSaid) in [
      (["TESSERA_HTTP_BEHIND_TLS_PROXY": "true"], true),
      (["TESSERA_HTTP_BEHIND_TLS_PROXY": "true", "TESSERA_ISSUER": "https://login.example.com"], false),
      ([:], false),
    ] {
      let server = try await RunningServer.start(in: TemporaryFolder(), environment: environment)
      #expect(try await server.stop().errors.contains("issuer is not set") == isSaid)
    }
  }

  @Test func tokenIssueAsksTheServerOfTheDataDirectory() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let client = try await server.makeClient()
    let arguments = ["token", "issue", "--client-id", client.id.rawValue, "--scope", "item"]
    // With a newline, as it comes out of `echo`.
    let secret = ["TESSERA_CLIENT_SECRET": client.secret + "\n"]
    let issued = try await TesseraProcess.run(arguments, in: server.folder, environment: secret)
    #expect(issued.status == 0, "\(issued.errors)")
    let elsewhere = secret.merging(["TESSERA_URL": "http://127.0.0.1:1"]) { $1 }
    #expect(try await TesseraProcess.run(arguments, in: server.folder, environment: elsewhere).status == 6)
    try await server.stop()
  }
}
