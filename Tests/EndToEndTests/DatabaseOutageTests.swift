import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// What a server answers while its PostgreSQL is away, and that it waits for one that is not there when it starts.
@Suite(.timeLimit(.minutes(15))) struct DatabaseOutageTests {
  /// A folder whose configuration names the database of this server, or of the folder, and the master key of that.
  private func folder(
    on postgres: PostgresServer? = nil,
    database: PostgresDatabase? = nil,
    key: TemporaryFolder? = nil,
    _ lines: String = ""
  ) async throws -> TemporaryFolder {
    let folder = try TemporaryFolder(database: database)
    let key = key ?? folder
    let made = try await TesseraProcess.shell(
      "test -e master.key || (umask 077 && head -c 32 /dev/urandom | base64 >master.key)",
      in: key
    )
    #expect(made == 0)
    let store = postgres.map { "store: \($0.url("postgres"))\n" } ?? ""
    try Data(
      """
      \(store)master-key-file: \(key.url("master.key").path)
      issuer: https://auth.example.com
      \(lines)
      """.utf8
    ).write(to: folder.url("tessera.yaml"))
    return folder
  }

  private func form(_ path: String, by client: TestClient, _ token: String) -> TestRequest {
    TestRequest(form: [
      ("client_id", client.id.rawValue), ("client_secret", client.secret), ("token", token),
    ]).at(path)
  }

  private func get(_ path: String, bearer token: String? = nil) -> TestRequest {
    var request = TestRequest.keySet.at(path)
    if let token { request = request.adding("Authorization", "Bearer \(token)") }
    return request
  }

  private func expectOutage(
    _ response: TestResponse,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(response.status == 503, sourceLocation: sourceLocation)
    #expect(response.header("retry-after") == "1", sourceLocation: sourceLocation)
  }

  @Test func whatIsInMemoryGoesOnAndNothingIsAcknowledgedThatIsNotWritten() async throws {
    let postgres = try await PostgresServer.ofItsOwn()
    let server = try await RunningServer.start(in: try await folder(on: postgres))
    let (client, unused) = (try await server.makeClient(), try await server.makeClient())
    let api = try await server.makeClient("--resource-server")
    let token = try #require(try await server.send(client.tokenRequest()).member("accessToken"))
    func isActive() async throws -> Bool? {
      let response = try await server.send(form("/oauth2/introspect", by: api, token))
      return response.status == 200 ? response.json["active"] as? Bool : nil
    }
    #expect(try await isActive() == true)

    try await postgres.stop()
    for _ in 0..<20 { #expect(try await server.send(client.tokenRequest()).status == 200) }
    #expect(try await isActive() == true)
    #expect(try await server.send(get("/oauth2/verify?any=true", bearer: token)).status == 200)
    #expect(try await server.send(get("/.well-known/jwks.json")).status == 200)
    #expect(try await server.send(get("/.well-known/oauth-authorization-server")).status == 200)
    expectOutage(try await server.send(unused.tokenRequest()))
    expectOutage(try await server.send(form("/oauth2/revoke", by: client, token)))
    #expect(try await isActive() == true, "the revocation was refused, so it does not count")
    let change = try await server.tessera("client", "disable", client.id.rawValue, "--yes")
    #expect(change.status == 1 && change.output.isEmpty)
    #expect(change.errors.contains("tessera: Cannot use PostgreSQL, "))

    try await postgres.start()
    try await wait { try await server.send(unused.tokenRequest()).status == 200 }
    try await wait { try await server.send(form("/oauth2/revoke", by: client, token)).status == 200 }
    #expect(try await isActive() == false)
    try await server.stop()
  }

  @Test func afterTheMaximumStalenessNothingIsAnsweredUntilTheDatabaseIsBack() async throws {
    let postgres = try await PostgresServer.ofItsOwn()
    let folder = try await folder(on: postgres, "directory: {max-staleness: 2}")
    let server = try await RunningServer.start(in: folder)
    let client = try await server.makeClient()
    try await wait { try await server.send(client.tokenRequest()).status == 200 }
    try await postgres.stop()
    // Not the client, which was made a moment ago: the word of that can come late and drop it from memory.
    try await wait { try await server.send(get("/.well-known/jwks.json")).status == 503 }
    for request in [client.tokenRequest(), get("/.well-known/jwks.json")] {
      expectOutage(try await server.send(request))
    }
    try await postgres.start()
    try await wait { try await server.send(client.tokenRequest()).status == 200 }
    try await server.stop()
  }

  /// The first request after the pause is in the node's hands before it goes on.
  @Test func aNodeThatWasPausedGivesNoStaleAnswer() async throws {
    let database = PostgresDatabase()
    let key = try TemporaryFolder(database: nil)
    var nodes: [RunningServer] = []
    for _ in 0..<2 {
      let folder = try await folder(database: database, key: key, "directory: {max-staleness: 2}")
      nodes.append(try await RunningServer.start(in: folder))
    }
    let client = try await nodes[0].makeClient()
    let api = try await nodes[0].makeClient("--resource-server")
    for round in 1...3 {
      var token: String?
      try await wait {
        token = try await nodes[0].send(client.tokenRequest()).member("accessToken")
        guard let token else { return false }
        return try await nodes[1].send(form("/oauth2/introspect", by: api, token)).json["active"] as? Bool
          == true
      }
      let issued = try #require(token)
      nodes[1].process.signal(SIGSTOP)
      let stopped = ContinuousClock.now
      try await wait { try await nodes[0].send(form("/oauth2/revoke", by: client, issued)).status == 200 }
      try await wait { ContinuousClock.now - stopped > .seconds(3) }
      var connections: [TestConnection] = []
      for _ in 0..<8 {
        let connection = try await TestConnection(port: nodes[1].port)
        await connection.send(form("/oauth2/introspect", by: api, issued).bytes)
        connections.append(connection)
      }
      nodes[1].process.signal(SIGCONT)
      for connection in connections {
        let response = try #require(try await connection.response())
        let isRefused = response.status == 503
        #expect(isRefused || response.json["active"] as? Bool == false, "round \(round)")
        await connection.close()
      }
      try await wait {
        try await nodes[1].send(form("/oauth2/introspect", by: api, issued)).json["active"] as? Bool == false
      }
    }
    for node in nodes { try await node.stop() }
  }

  @Test func aServerWaitsForADatabaseThatIsNotThereYet() async throws {
    let postgres = try await PostgresServer.ofItsOwn()
    let folder = try await folder(on: postgres)
    var server = try await RunningServer.start(in: folder)
    let (client, unused) = (try await server.makeClient(), try await server.makeClient())
    try await wait { try await server.send(client.tokenRequest()).status == 200 }
    // A stop tells the store who was used.
    #expect(try await server.stop().status == 0)

    try await postgres.stop()
    let process = try await TesseraProcess(["serve"], in: folder, environment: ["TESSERA_HTTP_PORT": "0"])
    func port() throws -> Int? {
      try process.errors().firstMatch(of: /http:\/\/127\.0\.0\.1:([0-9]+)/).flatMap { Int($0.1) }
    }
    try await wait { try port() != nil || process.hasEnded }
    server = RunningServer(process: process, port: try #require(try port()), folder: folder)
    for path in ["/oauth/token", "/oauth2/token"] {
      expectOutage(try await server.send(client.tokenRequest().at(path)))
    }
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
      expectOutage(try await server.send(form(path, by: client, "token")))
    }
    expectOutage(try await server.send(get("/oauth2/verify?any=true", bearer: "token")))
    expectOutage(try await server.send(get("/.well-known/jwks.json")))
    expectOutage(try await server.send(get("/.well-known/oauth-authorization-server")))
    expectOutage(try await server.send(get("/oauth2/revocations")))
    #expect(try process.output().isEmpty, "it does not say that it is ready")
    let connection = try await TestConnection(port: server.port)
    await connection.send(client.tokenRequest().bytes)
    #expect(try await connection.response()?.status == 503)

    try await postgres.start()
    try await wait { try process.output().contains("Tessera listens at http://127.0.0.1:\(server.port)\n") }
    // On the connection of before, too.
    await connection.send(client.tokenRequest().bytes)
    #expect(try await connection.response()?.status == 200)
    await connection.close()

    // Who was used before the stop is in memory, though nobody has asked for it since the start.
    #expect(try await server.stop().status == 0)
    server = try await RunningServer.start(in: folder)
    try await postgres.stop()
    #expect(try await server.send(client.tokenRequest()).status == 200)
    expectOutage(try await server.send(unused.tokenRequest()))
    #expect(try await server.stop().status == 0)
  }

  @Test func aServerThatWaitsStopsWhenItIsAskedTo() async throws {
    let postgres = try await PostgresServer.ofItsOwn()
    let folder = try await folder(on: postgres)
    try await folder.makeData()
    try await postgres.stop()
    let noWait = try await TesseraProcess.run(["serve", "--no-wait"], in: folder)
    let lines = noWait.errors.split(separator: "\n").filter {
      !$0.contains("the configuration file in this folder")
    }
    #expect(noWait.status == 1 && lines.count == 1 && lines[0].hasPrefix("tessera: Cannot use PostgreSQL, "))

    let process = try await TesseraProcess(["serve"], in: folder, environment: ["TESSERA_HTTP_PORT": "0"])
    try await wait { try process.errors().contains("waiting for the store") || process.hasEnded }
    process.signal(SIGTERM)
    let outcome = try await process.outcome()
    #expect(outcome.status == 0 && outcome.output.isEmpty)
    #expect(outcome.errors.ranges(of: "waiting for the store").count == 1)
    try await postgres.start()
  }

  /// What no waiting mends ends the start at once, and a server that has waited as well.
  @Test func aServerDoesNotWaitForWhatIsNoOutage() async throws {
    let postgres = try await PostgresServer.ofItsOwn()
    let folder = try await folder(on: postgres)
    let empty = try await TesseraProcess.run(["serve"], in: folder)
    #expect(empty.status == 1 && empty.errors.contains("no data at "), "\(empty.errors)")
    try await folder.makeData()
    for (url, text) in [
      (postgres.url("nothing"), "there is no such database"),
      (postgres.url("postgres", user: "nobody"), "it does not know this user"),
      (postgres.url("postgres", user: "refused"), "its pg_hba.conf allows this user no such connection"),
    ] {
      let outcome = try await TesseraProcess.run(["serve"], in: folder, environment: ["TESSERA_STORE": url])
      #expect(outcome.status == 1 && outcome.errors.contains(text), "\(outcome.errors)")
    }

    try await postgres.stop()
    let environment = ["TESSERA_HTTP_PORT": "0", "TESSERA_STORE": postgres.url("nothing")]
    let process = try await TesseraProcess(["serve"], in: folder, environment: environment)
    try await wait { try process.errors().contains("waiting for the store") || process.hasEnded }
    try await postgres.start()
    let outcome = try await process.outcome()
    #expect(outcome.status == 1 && outcome.errors.contains("there is no such database"), "\(outcome.errors)")
  }
}
