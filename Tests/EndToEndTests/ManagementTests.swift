import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// The management listener as operators and what they run meet it.
@Suite struct ManagementTests {
  private static func get(_ path: String) -> TestRequest {
    TestRequest.keySet.at(path)
  }

  @Test func healthIsAskedApartFromThePublicListener() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let management = try await server.management()
    for path in ["/livez", "/startupz", "/readyz"] {
      let answer = try await management.send(Self.get(path))
      #expect(answer.status == 200, "\(path)")
      #expect(answer.text == "{\"status\":\"ok\"}\n", "\(path)")
      #expect(answer.header("content-type") == "application/json")
      #expect(answer.header("cache-control") == "no-store")
      var head = Self.get(path)
      head.method = "HEAD"
      #expect(try await management.send(head).status == 200)
      #expect(try await server.send(Self.get(path)).status == 404, "not at the public one")
    }
    #expect(try await server.send(Self.get("/metrics")).status == 404)
    let token = try await management.send(TestRequest.keySet.at("/.well-known/jwks.json"))
    #expect(token.status == 404)
    #expect(token.header("content-type") == "application/problem+json")
    #expect(token.text == #"{"type":"about:blank","title":"Not Found","status":404}"# + "\n")
    try await server.stop()
  }

  @Test func readinessFailsWhileTheServerStops() async throws {
    let server = try await RunningServer.start(
      in: TemporaryFolder(),
      environment: ["TESSERA_HTTP_DRAIN_TIMEOUT": "3600"]
    )
    let management = try await server.management()
    // A request that is not whole keeps the server from ending.
    let connection = try await TestConnection(port: server.port)
    await connection.send(Array(TestRequest.keySet.bytes.dropLast(2)))
    try await wait { try await management.metric("tessera_http_connections") == 1 }
    server.process.signal(SIGTERM)
    try await wait { try await management.send(Self.get("/readyz")).status == 503 }
    let answer = try await management.send(Self.get("/readyz"))
    #expect(answer.text == #"{"status":"unavailable","reasons":["the server is stopping"]}"# + "\n")
    #expect(try await management.send(Self.get("/livez")).status == 200)
    #expect(try await management.send(Self.get("/startupz")).status == 200)
    await connection.send(Array(TestRequest.keySet.bytes.suffix(2)))
    #expect(try await connection.response()?.status == 200)
    await connection.close()
    #expect(try await server.process.outcome().status == 0)
  }

  @Test func aServerThatWaitsForItsStoreSaysSo() async throws {
    let postgres = try await PostgresServer.ofItsOwn()
    let folder = try TemporaryFolder(database: nil)
    let environment = ["TESSERA_STORE": postgres.url("postgres")]
    try await folder.makeData(environment)
    try await postgres.stop()
    let process = try await TesseraProcess(
      ["serve"],
      in: folder,
      environment: environment.merging(["TESSERA_HTTP_PORT": "0"]) { $1 }
    )
    let management = try await Management.of(process)
    for path in ["/startupz", "/readyz"] {
      try await wait {
        try await management.send(Self.get(path)).text
          == #"{"status":"unavailable","reasons":["the store was not reached yet"]}"# + "\n"
      }
      #expect(try await management.send(Self.get(path)).status == 503)
    }
    #expect(try await management.send(Self.get("/livez")).status == 200)
    #expect(try await management.metric("tessera_directory_staleness_seconds") == nil)
    try await postgres.start()
    try await wait { try await management.send(Self.get("/readyz")).status == 200 }
    process.signal(SIGTERM)
    #expect(try await process.outcome().status == 0)
  }

  @Test func aPortThatIsTakenIsOneLine() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let port = try await server.management().port
    let outcome = try await TesseraProcess.run(
      ["serve"],
      in: TemporaryFolder.withData(),
      environment: ["TESSERA_HTTP_PORT": "0", "TESSERA_MANAGEMENT_PORT": "\(port)"]
    )
    #expect(outcome.status > 0)
    #expect(outcome.output.isEmpty)
    #expect(
      outcome.errors
        == "tessera: port \(port) of 127.0.0.1 is in use: stop what listens there, or choose another with "
        + "management.port, or set it to off\n"
    )
    try await server.stop()
  }

  @Test func aPortThatNobodyGaveAndAnotherServerHasKeepsNoServerFromItsTokens() async throws {
    var servers: [(folder: TemporaryFolder, process: ChildProcess)] = []
    for _ in 0..<2 {
      let folder = try await TemporaryFolder.withData()
      try Data().write(to: folder.url("input"))
      let usual = ["PATH": "/usr/bin:/bin", "TESSERA_HTTP_PORT": "0"]
      let process = try ChildProcess(
        TesseraProcess.binary,
        ["serve"],
        environment: try await folder.environment.merging(usual) { $1 },
        folder: folder.url,
        input: folder.url("input"),
        output: folder.url("output"),
        errors: folder.url("errors")
      )
      try await wait {
        let output = try String(contentsOf: folder.url("output"), encoding: .utf8)
        return RunningServer.port(in: output) != nil || process.hasEnded
      }
      servers.append((folder, process))
    }
    let said = try String(contentsOf: servers[1].folder.url("errors"), encoding: .utf8)
    #expect(said.contains("is in use, so it takes any free one") && said.contains("port=8081"), "\(said)")
    for (_, process) in servers {
      #expect(!process.hasEnded)
      process.signal(SIGTERM)
      #expect(await process.status() == 0)
    }
  }

  @Test func itCanBeSwitchedOff() async throws {
    let server = try await RunningServer.start(
      in: TemporaryFolder(),
      environment: ["TESSERA_MANAGEMENT_PORT": "off"]
    )
    #expect(try await server.send(server.makeClient().tokenRequest()).status == 200)
    let outcome = try await server.stop()
    #expect(outcome.status == 0)
    #expect(!outcome.errors.contains("management"))
  }

  @Test func ofTLSThereIsACertificateOfItsOwn() async throws {
    let authority = try TestAuthority()
    let certificate = try authority.issue(.p256)
    let folder = try TemporaryFolder()
    try Data(certificate.chain.joined().utf8).write(to: folder.url("cert.pem"))
    try Data(certificate.key.utf8).write(to: folder.url("key.pem"))
    chmod(folder.url("key.pem").path, 0o600)
    let half = ["TESSERA_MANAGEMENT_TLS_CERTIFICATE": folder.url("cert.pem").path]
    let refused = try await TesseraProcess.run(["config", "check"], in: folder, environment: half)
    #expect(refused.status != 0)
    #expect(refused.errors.contains("management.tls.key is not: set both"), "\(refused.errors)")
    let server = try await RunningServer.start(
      in: folder,
      environment: half.merging(["TESSERA_MANAGEMENT_TLS_KEY": folder.url("key.pem").path]) { $1 }
    )
    let management = try await server.management()
    try Data(authority.pem.utf8).write(to: folder.url("ca.pem"))
    let answer = try await PastedLine.run(
      "curl -sS --http2 --cacert ca.pem https://localhost:$PORT/livez -w '%{http_code} %{http_version}'",
      in: folder,
      environment: ["PORT": "\(management.port)"]
    )
    #expect(answer == "{\"status\":\"ok\"}\n200 1.1", "\(answer)")
    #expect(
      try await server.send(server.makeClient().tokenRequest()).status == 200,
      "the public one has none"
    )
    try await server.stop()
  }

  @Test func whatRequestsCameToIsCounted() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let management = try await server.management()
    let before = try #require(try await management.metric("tessera_directory_clients"))
    let client = try await server.makeClient()
    let api = try await server.makeClient("--resource-server")
    var token = ""
    for _ in 0..<3 {
      token = try #require(
        try await server.send(client.tokenRequest(["scope": "item"]).at("/oauth/token")).accessToken
      )
    }
    #expect(try await server.send(client.tokenRequest(["scope": "item"]).at("/oauth2/token")).status == 200)
    let wrong = String(client.secret.reversed())
    let request = TestRequest(form: [("grant_type", "client_credentials"), ("scope", "item")])
    #expect(
      try await server.send(request.at("/oauth2/token").basic(client.id.rawValue, wrong)).status == 401
    )
    let noGrant = TestRequest(form: [
      ("client_id", client.id.rawValue), ("client_secret", client.secret),
      ("grant_type", "no\"\\grantlikethis"),
    ])
    #expect(try await server.send(noGrant.at("/oauth/token")).status == 400)
    func ask(_ path: String, by caller: TestClient) async throws -> TestResponse {
      try await server.send(
        TestRequest(form: [
          ("client_id", caller.id.rawValue), ("client_secret", caller.secret), ("token", token),
        ]).at(path)
      )
    }
    #expect(try await ask("/oauth2/introspect", by: api).json["active"] as? Bool == true)
    for _ in 0..<2 { #expect(try await ask("/oauth2/revoke", by: client).status == 200) }
    #expect(try await ask("/oauth2/introspect", by: api).json["active"] as? Bool == false)

    func requests(_ dialect: String, _ grant: String, _ result: String, _ method: String) async throws
      -> Double?
    {
      try await management.metric(
        #"tessera_token_requests_total{dialect="\#(dialect)",grant="\#(grant)",result="\#(result)",auth_method="\#(method)"}"#
      )
    }
    #expect(try await requests("contract", "client_credentials", "issued", "client_secret_post") == 3)
    #expect(try await requests("rfc6749", "client_credentials", "issued", "client_secret_post") == 1)
    #expect(try await requests("rfc6749", "client_credentials", "invalid_client", "client_secret_basic") == 1)
    #expect(try await requests("contract", "none", "unsupported_grant_type", "client_secret_post") == 1)
    #expect(try await management.metric("tessera_token_request_duration_seconds_count") == 6)
    #expect(try await management.metric(#"tessera_introspections_total{result="active"}"#) == 1)
    #expect(try await management.metric(#"tessera_introspections_total{result="inactive"}"#) == 1)
    #expect(try await management.metric("tessera_revocations_total") == 1, "the second had nothing to do")
    let version = try await server.tessera("--version").output.dropFirst("tessera ".count).prefix {
      !$0.isWhitespace
    }
    #expect(try await management.metric(#"tessera_build_info{version="\#(version)"}"#) == 1)
    #expect(
      try await management.metric(#"tessera_store_duration_seconds_count{operation="insert_revocation"}"#)
        == 1
    )
    for use in ["sealing", "ES256"] {
      #expect(try await management.metric(#"tessera_signing_key_age_seconds{use="\#(use)"}"#) ?? -1 >= 0)
    }
    // The news that a client was registered drops it from memory, also when it is there already.
    try await wait {
      for caller in [client, api] { _ = try await ask("/oauth2/introspect", by: caller) }
      return try await management.metric("tessera_directory_clients") == before + 2
    }
    let text = try await management.send(Self.get("/metrics")).text
    for name in [client.id.rawValue, api.id.rawValue, client.secret, api.secret, token, "grantlikethis"] {
      #expect(!text.contains(name), "no client is named, and nothing that a caller sent")
    }
    try await server.stop()
  }

  @Test func aLongTargetIsRefusedWithAReason() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let management = try await server.management()
    let name = String(repeating: "a", count: 20_000)
    let refused = try await management.send(Self.get("/admin/v1/clients?name=\(name)"))
    #expect(refused.status == 401 && refused.header("content-type") == "application/problem+json")
    #expect(try await management.send(Self.get("/livez")).status == 200)
    try await server.stop()
  }

  @Test func theNextExpiryOfASecretIsKnownFromTheStart() async throws {
    let folder = try await TemporaryFolder.withData()
    let made = try await TesseraProcess.run(
      ["client", "create", "--name", "a", "--scope", "item", "--expires-in", "2"],
      in: folder
    )
    #expect(made.status == 0, "\(made.errors)")
    let key = try await TesseraProcess.run(
      ["key", "generate", "--client", "a", "--expires-in", "4"],
      in: folder
    )
    #expect(key.status == 0, "\(key.errors)")
    let server = try await RunningServer.start(in: folder)
    let management = try await server.management()
    try await wait { try await management.metric("tessera_secret_expiry_seconds") != nil }
    let ofKey = try #require(try await management.metric("tessera_client_key_expiry_seconds"))
    #expect(ofKey > 3 * 86_400 && ofKey <= 4 * 86_400)
    let seconds = try #require(try await management.metric("tessera_secret_expiry_seconds"))
    #expect(seconds > 86_400 && seconds <= 2 * 86_400)
    #expect(try await management.metric("tessera_certificate_expiry_seconds") == nil, "there is no TLS")
    try await server.stop()
  }

  @Test func whatTheAlertsAndTheDashboardNameIsThere() async throws {
    // Spans are counted where they are wanted.
    let server = try await RunningServer.start(
      in: TemporaryFolder(),
      environment: [
        "TESSERA_TRACING_ENDPOINT": "http://127.0.0.1:1", "TESSERA_TRACING_SAMPLE_RATIO": "0",
      ]
    )
    let text = try await server.management().send(Self.get("/metrics")).text
    let known = text.matches(of: /(?m)^# TYPE (\w+) (\w+)$/).flatMap { match in
      match.2 == "histogram" ? ["_bucket", "_sum", "_count"].map { match.1 + $0 } : [String(match.1)]
    }
    let deploy = URL(filePath: #filePath).appending(path: "../../../deploy").standardized
    for file in ["prometheus/tessera.rules.yml", "grafana/tessera.json"] {
      let contents = try Data(contentsOf: deploy.appending(path: file))
      if file.hasSuffix(".json") {
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: contents) }
      }
      let named = Set(
        String(decoding: contents, as: UTF8.self).matches(of: /\btessera_\w+/).map { String($0.0) }
      )
      #expect(named.count > 5)
      #expect(named.subtracting(known).sorted() == [], "\(file)")
    }
    try await server.stop()
  }

  @Test func aRequestIsCalledTheSameInItsAnswerAndInTheLog() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    let answers = [
      try await server.send(Self.get("/.well-known/jwks.json")),
      try await server.send(
        Self.get("/nowhere").adding("traceparent", "00-\(trace)-00f067aa0ba902b7-01")
          .adding("X-Request-Id", "of the caller")
      ),
    ]
    let ids = try answers.map { try #require($0.header("x-request-id")) }
    #expect(Set(ids).count == 2)
    func line(_ id: String) throws -> Substring? {
      try server.process.errors().split(separator: "\n").first { $0.contains(" request=\(id) ") }
    }
    try await wait { try line(ids[0]) != nil && line(ids[1]) != nil }
    #expect(try line(ids[0])?.contains("trace_id=") == false)
    #expect(try line(ids[1])?.hasSuffix(" status=404 trace_id=\(trace)") == true)
    try await server.stop()
  }
}
