import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// TLS as operators and their clients meet it, by the tools of others.
@Suite struct SecureListenerTests {
  /// A server with a certificate of this authority.
  private static func start(
    _ authority: TestAuthority,
    _ kind: TestAuthority.KeyKind = .p256,
    environment: [String: String] = [:]
  ) async throws -> RunningServer {
    let folder = try TemporaryFolder()
    try put(authority.issue(kind), in: folder)
    try Data(authority.pem.utf8).write(to: folder.url("ca.pem"))
    let given = [
      "TESSERA_HTTP_TLS_CERTIFICATE": folder.url("cert.pem").path,
      "TESSERA_HTTP_TLS_KEY": folder.url("key.pem").path,
      "TESSERA_HTTP_HOST": "127.0.0.1,::1",
    ].merging(environment) { $1 }
    try await folder.makeData()
    return try await RunningServer.start(in: folder, environment: given)
  }

  private static func put(_ certificate: TestCertificate, in folder: TemporaryFolder) throws {
    try Data(certificate.chain.joined().utf8).write(to: folder.url("cert.pem"))
    try Data(certificate.key.utf8).write(to: folder.url("key.pem"))
    chmod(folder.url("key.pem").path, 0o600)
  }

  /// What a command of the shell says, errors and all; `$PORT` is the server's port.
  private static func shell(_ line: String, _ server: RunningServer) async throws -> String {
    try await PastedLine.run(
      "{ \(line); } 2>&1 || true",
      in: server.folder,
      environment: ["PORT": "\(server.port)"]
    )
  }

  @Test("SEED the curl line that tessera dev --tls prints returns the documented answer, at every start")
  func printedLine() async throws {
    let folder = try TemporaryFolder()
    var authority = Data()
    for round in 0..<2 {
      let server = try await RunningServer.start("dev", ["--tls"], in: folder)
      let line = try PastedLine.curl(in: server.process.output())
      #expect(line.contains(" --cacert ") && line.contains("https://127.0.0.1:\(server.port)/"))
      let answer = try await PastedLine.run(line)
      #expect(answer.contains(#"{"accessToken":""#), "\(answer)")
      let shown = try #require(
        server.process.output().firstMatch(of: /client ID +(\S+)\n +client secret +(\S+)/)
      )
      let issued = try await TesseraProcess.run(
        ["token", "issue", "--client-id", String(shown.1), "--client-secret-file", "-", "--scope", "item"],
        in: folder,
        input: String(shown.2)
      )
      #expect(issued.status == 0, "commands of this machine trust it: \(issued.errors)")
      let names = try FileManager.default.attributesOfItem(
        atPath: folder.url("tessera-data/dev-key.pem").path
      )
      #expect(names[.posixPermissions] as? Int == 0o600)
      let before = authority
      authority = try Data(contentsOf: folder.url("tessera-data/dev-ca.pem"))
      #expect(round == 0 || authority == before, "what somebody trusts already stays")
      let metadata = try await PastedLine.run(
        "curl -sSi --cacert '\(folder.url("tessera-data/dev-ca.pem").path)' "
          + "https://127.0.0.1:\(server.port)/.well-known/oauth-authorization-server"
      )
      #expect(metadata.contains("\"issuer\":\"https://127.0.0.1:\(server.port)\""))
      #expect(!metadata.lowercased().contains("strict-transport-security"))
      try await server.stop()
    }
  }

  @Test("X7 what curl agrees upon with it", arguments: TestAuthority.KeyKind.served)
  func otherTools(_ kind: TestAuthority.KeyKind) async throws {
    let server = try await SecureListenerTests.start(TestAuthority(), kind)
    for (flags, isSpoken) in [
      ("--tlsv1.2 --tls-max 1.2", true), ("--tlsv1.3", true),
      ("--tlsv1.0 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0", false),
    ] {
      let answer = try await SecureListenerTests.shell(
        "curl -sSi \(flags) --cacert ca.pem https://localhost:$PORT/.well-known/jwks.json",
        server
      )
      #expect(answer.contains(/^HTTP\/[0-9.]+ 200/) == isSpoken, "\(answer)")
      #expect(answer.lowercased().contains("strict-transport-security: max-age=31536000") == isSpoken)
    }
    try await server.stop()
  }

  @Test("N1 renegotiation is refused") func renegotiation() async throws {
    let server = try await SecureListenerTests.start(TestAuthority())
    let said = try await SecureListenerTests.shell(
      "printf 'R\\n' | openssl s_client -connect 127.0.0.1:$PORT -tls1_2 -CAfile ca.pem",
      server
    )
    #expect(said.contains("RENEGOTIATING"), "\(said)")
    #expect(said.contains("unexpected eof") || said.contains("no renegotiation"), "\(said)")
    try await server.stop()
  }

  @Test("N5 early data is refused, and a session is resumed all the same", arguments: ["-tls1_2", "-tls1_3"])
  func resumption(_ version: String) async throws {
    let server = try await SecureListenerTests.start(TestAuthority())
    let request =
      #"printf 'GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'"#
    let client = "openssl s_client -connect 127.0.0.1:$PORT \(version) -CAfile ca.pem"
    let first = try await SecureListenerTests.shell(
      "\(request) | \(client) -ign_eof -sess_out session.pem",
      server
    )
    #expect(first.contains("200 OK"), "\(first)")
    #expect(!first.contains("Reused, "))
    #expect(!first.contains("Max Early Data: 1"))
    let second = try await SecureListenerTests.shell(
      "\(request) | \(client) -ign_eof -sess_in session.pem",
      server
    )
    #expect(second.contains("Reused, TLSv1"), "\(second)")
    #expect(second.contains("200 OK"))
    if version == "-tls1_3" {
      let early = try await SecureListenerTests.shell(
        "\(request) >early; \(client) -sess_in session.pem -early_data early </dev/null",
        server
      )
      #expect(!early.contains("Early data was accepted"), "\(early)")
      #expect(!early.contains("200 OK"))
    }
    try await server.stop()
  }

  @Test("N4 a renewed certificate is used without a restart") func renewal() async throws {
    let (old, new) = (try TestAuthority(), try TestAuthority())
    let server = try await SecureListenerTests.start(old)
    try Data(new.pem.utf8).write(to: server.folder.url("new.pem"))
    let fetch =
      "curl -sS -o /dev/null -w '%{http_code}' https://localhost:$PORT/.well-known/jwks.json --cacert "
    #expect(try await SecureListenerTests.shell(fetch + "ca.pem", server) == "200")
    try SecureListenerTests.put(new.issue(.rsa), in: server.folder)
    try await wait { try await SecureListenerTests.shell(fetch + "new.pem", server) == "200" }
    try Data("nonsense".utf8).write(to: server.folder.url("key.pem"))
    try await wait { try server.process.errors().contains("the new certificate cannot be used") }
    #expect(try await SecureListenerTests.shell(fetch + "new.pem", server) == "200")
    let outcome = try await server.stop()
    #expect(outcome.status == 0)
    #expect(
      outcome.errors.components(separatedBy: "the new certificate cannot be used").count == 2,
      "told once"
    )
    #expect(outcome.errors.contains("a new certificate is in use"))
    #expect(!outcome.errors.contains("nonsense"), "what is in a file of a key is for nobody's eyes")
  }

  @Test(.timeLimit(.minutes(60)))
  func halfOpenHandshakesKeepNobodyOutAndTakeLittle() async throws {
    let authority = try TestAuthority()
    // So many fit, and for each above one is cut.
    let server = try await SecureListenerTests.start(
      authority,
      environment: ["TESSERA_HTTP_TLS_MAX_HANDSHAKES": "200", "TESSERA_HTTP_TLS_HANDSHAKE_TIMEOUT": "600"]
    )
    func isServed() async throws -> Bool {
      let connection = try await TestConnection(port: server.port, tls: TestTLS(trusting: authority))
      await connection.send(TestRequest.keySet.bytes)
      let status = try await connection.response()?.status
      await connection.close()
      return status == 200
    }
    #expect(try await isServed())
    let before = try #require(server.process.residentSize)
    var halfOpen: [TestConnection] = []
    for number in 1...TestExtent.times(600, inFull: 10_000) {
      // Every other one says hello, and then takes nothing of what the server says.
      halfOpen.append(
        try await TestConnection(
          port: server.port,
          isReading: false,
          tls: number % 2 == 0 ? TestTLS(trusting: authority) : nil
        )
      )
      // Those before have been cut.
      if halfOpen.count > 500 { await halfOpen.removeFirst().close() }
      if number % 200 == 0 { #expect(try await isServed(), "after \(number)") }
    }
    let grown = try #require(server.process.residentSize) - before
    #expect(grown < 64 << 20, "\(grown >> 20) MiB")
    for connection in halfOpen { await connection.close() }
    #expect(try await isServed())
    #expect(try await server.stop().status == 0)
  }

  @Test("with a certificate it may listen everywhere, for IPv4 and IPv6") func everyInterface() async throws {
    let server = try await SecureListenerTests.start(
      TestAuthority(),
      environment: ["TESSERA_HTTP_HOST": "::"]
    )
    for address in ["127.0.0.1", "[::1]"] {
      let answer = try await SecureListenerTests.shell(
        "curl -sS -o /dev/null -w '%{http_code}' -k https://\(address):$PORT/.well-known/jwks.json",
        server
      )
      #expect(answer == "200")
    }
    try await wait { try server.process.errors().contains("source=127.0.0.1") }
    try await server.stop()
  }

  @Test func aCertificateThatCannotBeUsedStopsTheStartAndTheCheck() async throws {
    let folder = try await TemporaryFolder.withData()
    let (one, two) = (try TestAuthority().issue(), try TestAuthority().issue())
    try SecureListenerTests.put(TestCertificate(chain: one.chain, key: two.key), in: folder)
    let environment = [
      "TESSERA_HTTP_TLS_CERTIFICATE": folder.url("cert.pem").path,
      "TESSERA_HTTP_TLS_KEY": folder.url("key.pem").path,
      "TESSERA_HTTP_PORT": "0",
    ]
    for command in [["serve"], ["config", "check"]] {
      let outcome = try await TesseraProcess.run(command, in: folder, environment: environment)
      #expect(outcome.status != 0)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      #expect(
        outcome.errors.contains("http.tls.key")
          && outcome.errors.contains("does not belong to the certificate")
      )
      #expect(!outcome.errors.contains("PRIVATE KEY"))
    }
    try SecureListenerTests.put(one, in: folder)
    #expect(
      try await TesseraProcess.run(["config", "check"], in: folder, environment: environment).status == 0
    )
  }
}
