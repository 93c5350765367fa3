import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// Client certificates as operators and their clients meet them, by the tools of others.
@Suite struct MutualTLSTests {
  private static let request =
    "grant_type=client_credentials&scope=item&client_id="

  /// A server that asks for certificates, and the ID of a client with one that openssl has made, `own.pem`.
  private static func start() async throws -> (server: RunningServer, client: String) {
    let folder = try TemporaryFolder()
    let authority = try TestAuthority()
    let certificate = try authority.issue()
    for (text, name) in [
      (certificate.chain.joined(), "cert.pem"), (certificate.key, "key.pem"), (try authority.pem, "ca.pem"),
    ] {
      try Data(text.utf8).write(to: folder.url(name))
      chmod(folder.url(name).path, 0o600)
    }
    for name in ["own", "other"] {
      let made = try await TesseraProcess.shell(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 30 -subj /CN=app "
          + "-keyout \(name).key -out \(name).pem 2>openssl.log",
        in: folder
      )
      #expect(made == 0)
    }
    try await folder.makeData()
    let created = try await TesseraProcess.run(
      [
        "client", "create", "--name", "app", "--scope", "item", "--certificate", folder.url("own.pem").path,
        "--certificate-bound", "--format", "json",
      ],
      in: folder
    )
    let server = try await RunningServer.start(
      in: folder,
      environment: [
        "TESSERA_HTTP_TLS_CERTIFICATE": folder.url("cert.pem").path,
        "TESSERA_HTTP_TLS_KEY": folder.url("key.pem").path, "TESSERA_HTTP_TLS_CLIENT_CERTIFICATES": "true",
      ]
    )
    return (server, try #require(created.json["client_id"] as? String))
  }

  /// What a command of the shell says, errors and all; `$PORT` is the server's port.
  private static func shell(_ line: String, _ server: RunningServer) async throws -> String {
    try await PastedLine.run(
      "{ \(line); } 2>&1 || true",
      in: server.folder,
      environment: ["PORT": "\(server.port)"]
    )
  }

  @Test(
    "M5 curl gets a token by a certificate of its own making, over HTTP/1.1 and HTTP/2; by another, or none, it does not"
  )
  func curl() async throws {
    let (server, client) = try await MutualTLSTests.start()
    for version in ["--http1.1", "--http2", "--tls-max 1.2"] {
      let ask =
        "curl -sS \(version) --cacert ca.pem -d '\(MutualTLSTests.request)\(client)' https://localhost:$PORT/oauth2/token"
      let granted = try await MutualTLSTests.shell("\(ask) --cert own.pem --key own.key", server)
      #expect(granted.contains(#""access_token""#), "\(granted)")
      for other in ["--cert other.pem --key other.key", ""] {
        let refused = try await MutualTLSTests.shell("\(ask) \(other)", server)
        #expect(refused.contains(#""error":"invalid_client""#), "\(refused)")
      }
    }
    try await server.stop()
  }

  @Test(
    "M6 a session that is resumed has the certificate that it began with, and one that began without has none",
    arguments: ["-tls1_2", "-tls1_3"]
  )
  func resumption(_ version: String) async throws {
    let (server, client) = try await MutualTLSTests.start()
    let form = MutualTLSTests.request + client
    let request =
      #"printf 'POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"#
      + #"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \#(form.utf8.count)\r\n\r\n\#(form)'"#
    let connect = "openssl s_client -connect 127.0.0.1:$PORT \(version) -CAfile ca.pem -ign_eof"
    for (shown, says) in [
      ("-cert own.pem -key own.key", #""access_token""#), ("", #""error":"invalid_client""#),
    ] {
      let first = try await MutualTLSTests.shell(
        "\(request) | \(connect) \(shown) -sess_out session.pem",
        server
      )
      #expect(first.contains(says) && !first.contains("Reused, "), "\(first)")
      let second = try await MutualTLSTests.shell("\(request) | \(connect) -sess_in session.pem", server)
      #expect(second.contains("Reused, ") && second.contains(says), "\(second)")
    }
    try await server.stop()
  }

  @Test(
    "M4 curl gets a token by a certificate of an authority that names its client, and none by one that names another"
  )
  func authority() async throws {
    let folder = try TemporaryFolder()
    let (authority, clients) = (try TestAuthority(), try TestAuthority())
    let own = try authority.issue()
    let certificates = try ["billing", "other"].map {
      try clients.intermediate().issueClient(TestClientProfile(commonNames: [$0]), at: Date())
    }
    for (text, name) in [
      (own.chain.joined(), "cert.pem"), (own.key, "key.pem"), (try authority.pem, "ca.pem"),
      (try clients.pem, "clients.pem"), (certificates[0].chain.joined(), "own.pem"),
      (certificates[0].key, "own.key"),
      (certificates[1].chain.joined(), "other.pem"), (certificates[1].key, "other.key"),
    ] {
      try Data(text.utf8).write(to: folder.url(name))
      chmod(folder.url(name).path, 0o600)
    }
    try await folder.makeData()
    let create = [
      "client", "create", "--name", "app", "--scope", "item", "--format", "json", "--certificate-subject",
    ]
    for bad in ["CN=billing", "cn=billing", "dns=192.0.2.1", "dn=billing", "ip=a"] {
      let refused = try await TesseraProcess.run(create + [bad], in: folder)
      #expect(refused.status != 0 && !refused.errors.isEmpty, "\(bad)")
    }
    let created = try await TesseraProcess.run(create + ["dn=CN=billing,O=Example"], in: folder)
    let client = try #require(created.json["client_id"] as? String, "\(created.errors)")
    let server = try await RunningServer.start(
      in: folder,
      environment: [
        "TESSERA_HTTP_TLS_CERTIFICATE": folder.url("cert.pem").path,
        "TESSERA_HTTP_TLS_KEY": folder.url("key.pem").path,
        "TESSERA_HTTP_TLS_CLIENT_AUTHORITIES": folder.url("clients.pem").path,
      ]
    )
    let ask =
      "curl -sS --cacert ca.pem -d '\(MutualTLSTests.request)\(client)' https://localhost:$PORT/oauth2/token"
    let granted = try await MutualTLSTests.shell("\(ask) --cert own.pem --key own.key", server)
    #expect(granted.contains(#""access_token""#), "\(granted)")
    let refused = try await MutualTLSTests.shell("\(ask) --cert other.pem --key other.key", server)
    #expect(refused.contains(#""error":"invalid_client""#), "\(refused)")
    try await server.stop()
  }

  @Test func configCheckSaysWhatIsWrongWithAFileOfAuthorities() async throws {
    let folder = try await TemporaryFolder.withData()
    let certificate = try TestAuthority().issue()
    try Data(certificate.key.utf8).write(to: folder.url("key.pem"))
    let outcome = try await TesseraProcess.run(
      ["config", "check"],
      in: folder,
      environment: [
        "TESSERA_HTTP_BEHIND_TLS_PROXY": "true", "TESSERA_HTTP_CLIENT_CERTIFICATE_HEADER": "Client-Cert",
        "TESSERA_HTTP_TLS_CLIENT_AUTHORITIES": folder.url("key.pem").path,
      ]
    )
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("http.tls.client-authorities"), "\(outcome.errors)")
    #expect(outcome.errors.contains("holds no certificate") || outcome.errors.contains("holds a private key"))
    #expect(!outcome.errors.contains("BEGIN PRIVATE"))
  }
}
