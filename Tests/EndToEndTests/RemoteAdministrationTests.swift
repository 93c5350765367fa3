import Crypto
import Foundation
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// Commands of administration through the API of a server do and say what they do and say on its data directory.
@Suite struct RemoteAdministrationTests {
  /// A server, and an operator whose credentials are in a file beside it.
  private struct Remote {
    let server: RunningServer
    let url: String
    let file: URL

    static func start(role: String = "admin") async throws -> Remote {
      let server = try await RunningServer.start(in: TemporaryFolder())
      let management = try await server.management()
      let made = try await server.tessera("operator", "create", "boss", "--role", role, "--format", "json")
      #expect(made.status == 0, "\(made.errors)")
      let file = server.folder.url("operator.json")
      try Data(made.output.utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      return Remote(server: server, url: "http://127.0.0.1:\(management.port)", file: file)
    }

    /// The same command there and here; there it runs in a folder that has no data.
    func run(_ arguments: [String], input: String = "") async throws -> TesseraProcess.Outcome {
      try await TesseraProcess.run(
        ["--server", url, "--credentials", file.path] + arguments,
        in: TemporaryFolder(database: nil),
        input: input
      )
    }

    func run(_ arguments: String...) async throws -> TesseraProcess.Outcome { try await run(arguments) }
  }

  /// What a command says, without ages, which are others a moment later, and the spaces beside them.
  private func withoutAges(_ text: String) -> String {
    text.replacing(/\b\d+ (s|min|h)\b/, with: "").replacing(#/ +/#, with: " ")
  }

  @Test func whatIsShownIsTheSameHereAndThere() async throws {
    let remote = try await Remote.start()
    let made = try await remote.run(
      "client",
      "create",
      "--name",
      "billing",
      "--scope",
      "item,event",
      "--default-scope",
      "item",
      "--claim",
      "tenant=a",
      "--allow-address",
      "127.0.0.0/8",
      "--token-lifetime",
      "90",
      "--expires-in",
      "30",
      "--format",
      "json"
    )
    #expect(made.status == 0, "\(made.errors)")
    let id = try #require(made.member("client_id"))
    let client = TestClient(
      id: try #require(ClientID(id)),
      secret: try #require(made.member("client_secret"))
    )
    let token = try #require(try await remote.server.send(client.tokenRequest()).accessToken)
    for arguments in [
      ["client", "show", "billing"], ["client", "list"], ["client", "list", "--limit", "1"],
      ["client", "secret", "list", "billing"], ["scope", "list"], ["resource", "list"], ["key", "list"],
      ["audit", "list"], ["audit", "list", "--subject", "billing", "--limit", "1"],
      ["explain", "--client", "billing", "--scope", "item", "--address", "127.0.0.1"],
      ["explain", "--client", "billing", "--scope", "nothing"], ["explain", "--client", "nobody"],
      ["token", "inspect", token], ["client", "show", "nobody"], ["token", "inspect", "x"],
      ["scope", "retire", "nothing", "--yes"], ["key", "destroy", "999", "--yes"],
      ["client", "update", "billing", "--name", "b", "--if-version", "7"],
    ] {
      for format in ["text", "json"] {
        let here = try await TesseraProcess.run(arguments + ["--format", format], in: remote.server.folder)
        let there = try await remote.run(arguments + ["--format", format])
        #expect(withoutAges(there.output) == withoutAges(here.output), "\(arguments)")
        #expect(there.status == here.status, "\(arguments): \(there.errors)")
        if here.status != 3 {
          #expect(there.errors == here.errors, "\(arguments)")
        }
      }
    }
    // What the server signs meanwhile is told by the next that asks.
    let exported = try await remote.run("audit", "export")
    #expect(exported.status == 0 && exported.output.hasSuffix("}\n"))
    #expect(
      exported.output.contains(#""actor":"api:"#) && exported.output.contains(#""address":"127.0.0.1""#)
    )
    #expect(exported.output.contains(#"{"mark":"checkpoint""#))
    let verified = try await remote.run("audit", "verify")
    #expect(verified.status == 0 && verified.output.contains("the audit log is as it was written"))
    try await remote.server.stop()
  }

  /// What is counted goes on while it is asked for, so it is asked again where the two differ.
  @Test func reportsPlansAndExportsAreTheSameHereAndThere() async throws {
    let remote = try await Remote.start()
    let apps = """
      scopes:
        - {name: orders, description: Orders, resource: "https://api.ants.tech"}
      clients:
        - {name: shop, client_id: shop, scopes: [item, orders], labels: {team: a}, token_lifetime: 90}
        - name: billing
          scopes: [orders]
      """
    let made = try await remote.run("client", "create", "--name", "billing", "--scope", "item")
    #expect(made.status == 0, "\(made.errors)")
    for (arguments, input, status) in [
      (["client", "usage", "billing"], "", 0), (["client", "usage", "billing", "--days", "3"], "", 0),
      (["report", "usage", "--days", "2"], "", 0), (["report", "unused", "--days", "1"], "", 0),
      (["report", "usage", "--days", "0"], "", 2), (["export"], "", 0), (["notifications", "status"], "", 0),
      (["notifications", "test"], "", 2), (["plan", "-f", "-"], apps, 2),
      (["plan", "-f", "-"], apps.replacing("[orders]", with: "[nonsense]"), 1),
      (["plan", "-f", "-"], apps.replacing("name: billing", with: "name: shop"), 1),
      (["plan", "-f", "-"], apps.replacing("90", with: "0"), 1),
      (["apply", "-f", "-"], apps.replacing("clients:", with: "cleints:"), 1),
      (["plan", "--prune", "-f", "-"], "clients: []", 2),
      (["apply", "--prune", "-f", "-"], "clients: []", 2),
      (["import", "csv", "-", "--dry-run"], "client_id,name,scopes\na,A,item\nb,B,nothing\n", 0),
      (["import", "csv", "-"], "client_id,name,scopes\na,A,item\na,B,item\n", 2),
      (["import", "csv", "-"], "client_id\n\"", 2),
    ] as [([String], String, Int32)] {
      for format in ["text", "json"] {
        let command = arguments + ["--format", format]
        var outcomes: [TesseraProcess.Outcome] = []
        for _ in 0..<5 {
          outcomes = [
            try await TesseraProcess.run(command, in: remote.server.folder, input: input),
            try await remote.run(command, input: input),
          ]
          if outcomes[0].output == outcomes[1].output { break }
        }
        #expect(outcomes.allSatisfy { $0.status == status }, "\(command): \(outcomes)")
        #expect(outcomes[0].output == outcomes[1].output, "\(command)")
        #expect(outcomes[0].errors == outcomes[1].errors, "\(command)")
      }
    }
    try await remote.server.stop()
  }

  @Test func whatIsDeclaredAndImportedThereIsDone() async throws {
    let remote = try await Remote.start()
    let folder = try TemporaryFolder(database: nil)
    func run(_ arguments: [String], input: String = "", status: Int32 = 0) async throws
      -> TesseraProcess.Outcome
    {
      let there = ["--server", remote.url, "--credentials", remote.file.path]
      let outcome = try await TesseraProcess.run(there + arguments, in: folder, input: input)
      #expect(outcome.status == status, "\(arguments): \(outcome.output)\(outcome.errors)")
      return outcome
    }
    let apps =
      "clients:\n  - {name: a, client_id: a/b, scopes: [item]}\n  - {name: new, scopes: [item, event]}\n"
    let secrets = folder.url("secrets")
    let arguments = ["apply", "-f", "-", "--secrets-out", secrets.path]
    // A file in the way is noticed before anything is done.
    try FileManager.default.createDirectory(at: secrets, withIntermediateDirectories: true)
    try Data("precious".utf8).write(to: secrets.appending(path: "a%2Fb"))
    #expect(try await run(arguments, input: apps, status: 5).errors.contains("secrets/a%2Fb"))
    #expect(try await run(["plan", "-f", "-"], input: apps, status: 2).output.contains("2 to add."))
    try FileManager.default.removeItem(at: secrets)
    let applied = try await run(arguments + ["--format", "json"], input: apps)
    let told = try #require(applied.json["secrets"] as? [[String: String]])
    #expect(told.count == 2)
    for one in told {
      let id = try #require(one["client_id"].flatMap(ClientID.init))
      let file = try #require(one["client_secret_file"])
      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      let client = TestClient(id: id, secret: try String(contentsOfFile: file, encoding: .utf8))
      #expect(!applied.output.contains(client.secret))
      try await wait { try await remote.server.send(client.tokenRequest()).status == 200 }
    }
    #expect(try await run(arguments, input: apps).output.hasPrefix("No changes"))
    let exported = try await run(["export"])
    #expect(exported.errors.contains("clients of operators are left out: 1"))
    #expect(try await run(["plan", "--prune", "-f", "-"], input: exported.output).status == 0)
    let shown = try await run(["apply", "-f", "-"], input: apps + "  - {name: third, scopes: [item]}\n")
    #expect(shown.output.contains("1 added") && shown.output.contains("shown only once"))
    let removed = try await run(
      ["apply", "--prune", "--yes", "-f", "-"],
      input: "clients:\n  - {name: new, scopes: [item]}\n"
    )
    #expect(removed.output.contains("1 changed, 2 removed."), "\(removed.output)")
    let rows = "client_id,name,scopes,secret\nold,Old,item,8cdBTxqsPzN4vGyqXuLm2wKtfR\n"
    #expect(try await run(["import", "csv", "-"], input: rows).output.contains("taken over"))
    let old = TestClient(id: try #require(ClientID("old")), secret: "8cdBTxqsPzN4vGyqXuLm2wKtfR")
    try await wait { try await remote.server.send(old.tokenRequest()).status == 200 }
    let log = try await run(["audit", "list", "--subject", "old", "--format", "json"])
    #expect(log.output.contains(#""actor": "api:"#), "\(log.output)")
    try await remote.server.stop()
  }

  @Test func whatIsChangedThereIsChanged() async throws {
    let remote = try await Remote.start()
    func run(_ arguments: String..., status: Int32 = 0) async throws -> TesseraProcess.Outcome {
      let outcome = try await remote.run(arguments)
      #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
      return outcome
    }
    _ = try await run("resource", "create", "urn:orders", "--description", "Orders")
    _ = try await run("resource", "update", "urn:orders", "--description", "Orders, new", "--if-version", "1")
    _ = try await run("scope", "create", "orders", "--description", "Orders", "--resource", "urn:orders")
    let made = try await run("client", "create", "--name", "shop", "--scope", "orders", "--format", "json")
    let id = try #require(made.member("client_id").flatMap(ClientID.init))
    let client = TestClient(id: id, secret: try #require(made.member("client_secret")))
    let request = client.tokenRequest(["scope": "orders"])
    let token = try #require(try await remote.server.send(request).accessToken)
    let added = try await run("client", "secret", "add", "shop", "--name", "second", "--format", "json")
    let second = TestClient(id: id, secret: try #require(added.member("client_secret")))
    #expect(try await remote.server.send(second.tokenRequest(["scope": "orders"])).status == 200)
    _ = try await run("client", "secret", "revoke", "shop", "default", "--yes")
    #expect(try await remote.server.send(request).status == 400)
    _ = try await run("token", "revoke", token, "--yes")
    #expect(try await run("token", "inspect", token).output.contains("inactive: revoked"))
    _ = try await run("client", "update", "shop", "--name", "store", "--token-format", "jwt")
    _ = try await run("client", "disable", "store", "--keep-tokens", "--yes")
    #expect(try await remote.server.send(second.tokenRequest(["scope": "orders"])).status == 400)
    _ = try await run("client", "enable", "store")
    _ = try await run("client", "revoke-tokens", "store", "--yes")
    _ = try await run("operator", "create", "helper", "--role", "viewer")
    _ = try await run("key", "rotate", "--use", "sealing")
    _ = try await run("scope", "retire", "orders", "--yes")
    _ = try await run("resource", "retire", "urn:orders", "--yes")
    _ = try await run("client", "delete", "store", "--yes")
    _ = try await run("client", "show", "store", status: 4)
    _ = try await run("revoke-all", "--yes")
    // Its own token is revoked with all others; it gets another.
    try await wait { try await remote.run("scope", "list").status == 0 }
    let log = try await remote.server.tessera("audit", "verify")
    #expect(log.status == 0, "\(log.output)")
    try await remote.server.stop()
  }

  @Test func keysOfClientsAreKeptThere() async throws {
    let remote = try await Remote.start()
    func run(_ arguments: String..., input: String = "", status: Int32 = 0) async throws
      -> TesseraProcess.Outcome
    {
      let outcome = try await remote.run(arguments, input: input)
      #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
      return outcome
    }
    func publicKey() -> String { P256.Signing.PrivateKey().publicKey.pemRepresentation }
    let create = ["client", "create", "--name", "app", "--scope", "item", "--jwks", "-", "--dpop-bound"]
    let made = try await remote.run(create, input: publicKey())
    #expect(made.status == 0 && !made.output.contains("client secret"), "\(made.errors)")
    let added = try await run(
      "client",
      "key",
      "add",
      "app",
      "--jwks",
      "-",
      "--name",
      "laptop",
      "--expires-in",
      "3",
      input: publicKey()
    )
    #expect(added.output.contains("laptop"))
    let certificate = remote.server.folder.url("app.pem")
    try Data(TestAuthority().issue(name: "app").chain[0].utf8).write(to: certificate)
    _ = try await run("client", "key", "add", "app", "--certificate", certificate.path)
    func set(_ keys: P256.Signing.PrivateKey...) -> String {
      let jwks = keys.map { key in
        let point = Array(key.publicKey.rawRepresentation)
        let (x, y) = (Base64URL.encode(point[..<32]), Base64URL.encode(point[32...]))
        return #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)"}"#
      }
      return #"{"keys":[\#(jwks.joined(separator: ","))]}"#
    }
    let (first, second, third) = (
      P256.Signing.PrivateKey(), P256.Signing.PrivateKey(), P256.Signing.PrivateKey()
    )
    let several = try await run("client", "key", "add", "app", "--jwks", "-", input: set(first, second))
    #expect(several.output.split(separator: "\n").count == 3, "\(several.output)")
    let count = try await run("client", "key", "list", "app").output.split(separator: "\n").count
    _ = try await run("client", "key", "add", "app", "--jwks", "-", input: set(third, first), status: 5)
    let after = try await run("client", "key", "list", "app").output.split(separator: "\n").count
    #expect(after == count, "all or none")
    let pair = remote.server.folder.url("pair.pem").path
    _ = try await run("key", "generate", "--client", "app", "--name", "pair", "--out", pair)
    #expect(try String(contentsOfFile: pair, encoding: .utf8).hasPrefix("-----BEGIN PRIVATE KEY-----"))
    let trust = ["client", "trust", "add", "app", "--preset", "gitlab", "--project-path", "acme/app"]
    let trusted = try await remote.run(trust + ["--audience", "https://tessera.example"])
    #expect(trusted.status == 0 && trusted.output.contains("project_path=acme/app"), "\(trusted.errors)")
    for command in [
      ["client", "show", "app"], ["client", "key", "list", "app"], ["client", "trust", "list", "app"],
    ] {
      for format in ["text", "json"] {
        let arguments = command + ["--format", format]
        let there = try await remote.run(arguments)
        let here = try await TesseraProcess.run(arguments, in: remote.server.folder)
        #expect(there.output == here.output && there.status == 0, "\(there.errors)")
      }
    }
    _ = try await run("client", "key", "remove", "app", "laptop", "--yes")
    _ = try await run("client", "key", "remove", "app", "laptop", "--yes", status: 4)
    _ = try await run("client", "trust", "remove", "app", "gitlab", "--yes")
    _ = try await run("client", "trust", "remove", "app", "gitlab", "--yes", status: 4)
    let moved = try await run(
      "client",
      "update",
      "app",
      "--no-jwks",
      "--jwks-uri",
      "https://app.example/jwks",
      "--no-certificate",
      "--authentication-method",
      "client_secret_basic"
    )
    #expect(moved.output.contains("https://app.example/jwks") && !moved.output.contains("pair"))
    try await remote.server.stop()
  }

  @Test func aRefusalHasItsExitCodeAndNothingSecretInIt() async throws {
    let remote = try await Remote.start(role: "viewer")
    let file = remote.file.path
    func fails(_ status: Int32, _ arguments: [String], _ reason: String) async throws {
      let outcome = try await TesseraProcess.run(arguments, in: TemporaryFolder(database: nil))
      #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(reason), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1 && outcome.output.isEmpty)
    }
    let there = ["--server", remote.url, "--credentials", file]
    try await fails(
      3,
      there + ["scope", "create", "x", "--description", "X"],
      "the scope tessera:write is needed"
    )
    try await fails(2, there + ["init"], "this command works on this machine only; leave out --server")
    try await fails(
      2,
      there + ["backup", "b"],
      "this command works on this machine only; leave out --server"
    )
    try await fails(2, ["scope", "list", "--server", remote.url], "--server needs --credentials")
    try await fails(
      2,
      ["scope", "list", "--credentials", file],
      "--credentials and --cacert belong to --server"
    )
    try await fails(
      2,
      ["scope", "list", "--server", "http://auth.example.com", "--credentials", file],
      "is neither https nor on this machine"
    )
    try await fails(
      6,
      ["scope", "list", "--server", "http://127.0.0.1:1", "--credentials", file],
      "cannot reach http://127.0.0.1:1"
    )
    try await fails(
      1,
      ["scope", "list", "--server", "http://127.0.0.1:\(remote.server.port)", "--credentials", file],
      "--server wants its URL"
    )
    let secret = try #require(
      (try JSONSerialization.jsonObject(with: Data(contentsOf: remote.file)) as? [String: Any])?[
        "client_secret"
      ]
        as? String
    )
    let wrong = try String(contentsOf: remote.file, encoding: .utf8).replacing(secret, with: "wrong secret")
    try wrong.write(to: remote.file, atomically: false, encoding: .utf8)
    try await fails(3, there + ["scope", "list"], "answered 400")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
    try await fails(2, there + ["scope", "list"], "others may read \(file), which holds a secret: chmod 600")
    try "[]".write(to: remote.file, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    try await fails(
      2,
      there + ["scope", "list"],
      "is not what 'tessera operator create --format json' prints"
    )
    try await remote.server.stop()
  }
}
