import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import TesseraTestSupport
import Testing

@testable import TesseraClient

/// Clients that prove who they are, and whose a token is, by a certificate (RFC 8705).
@Suite(.timeLimit(.minutes(5))) struct ClientCertificateTests {
  private struct Setting {
    let authority: TestAuthority
    let tls: NIOSSLContext
    /// What trusts the servers.
    let trusting: TLSConfiguration

    init() throws {
      authority = try TestAuthority()
      let roots = try NIOSSLCertificate.fromPEMBytes(Array(authority.pem.utf8))
      let server = try authority.issue()
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(server.chain.joined().utf8))
          .map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(server.key.utf8), format: .pem))
      )
      configuration.certificateVerification = .noHostnameVerification
      configuration.trustRoots = .certificates(roots)
      tls = try NIOSSLContext(configuration: configuration)
      var trusting = TLSConfiguration.makeClientConfiguration()
      trusting.trustRoots = .certificates(roots)
      self.trusting = trusting
    }
  }

  private struct Files {
    let certificate: TemporaryFile
    let key: TemporaryFile

    init(_ issued: TestCertificate) throws {
      certificate = try TemporaryFile(issued.chain.joined())
      key = try TemporaryFile(issued.key)
    }

    func write(_ issued: TestCertificate) throws {
      try certificate.write(issued.chain.joined())
      try key.write(issued.key)
    }
  }

  private func run(
    _ setting: Setting,
    _ files: Files,
    _ identity: ClientIdentity? = .certificate(clientID: "app"),
    _ body: (TokenSourceTest, ScriptedServer) async throws -> Void
  ) async throws {
    try await ScriptedServer.run(tls: setting.tls) { api in
      try await TokenSourceTest.run(tls: setting.tls) {
        $0.identity = identity
        $0.settings.certificate = ClientCertificate(
          file: files.certificate.path,
          keyFile: files.key.path,
          configuration: setting.trusting
        )
      } _: {
        try await body($0, api)
      }
    }
  }

  private func call(_ test: TokenSourceTest, _ api: ScriptedServer) async throws -> UInt {
    try await test.httpClient.execute(
      HTTPClientRequest(url: api.url + "/item"),
      timeout: .minutes(10),
      authorizedBy: test.source,
      scopes: ["item"]
    ).status.code
  }

  @Test(arguments: [TestAuthority.KeyKind.p256, .p384, .rsa])
  func showsTheCertificateToBoth(kind: TestAuthority.KeyKind) async throws {
    let setting = try Setting()
    let issued = try setting.authority.issue(kind, name: "app")
    try await run(setting, try Files(issued)) { test, api async throws in
      test.server.otherwise(.token("one"))
      api.otherwise(.respond(body: "ok"))
      #expect(try await call(test, api) == 200)
      let der = TestCertificate.der(issued.chain[0])
      #expect(test.server.requests.map(\.certificate) == [der])
      #expect(api.requests.map(\.certificate) == [der])
      #expect(
        test.server.requests[0].parameters == [
          "grant_type": "client_credentials", "client_id": "app", "scope": "item",
        ]
      )
      #expect(api.requests[0].headers["Authorization"] == ["Bearer one"])
    }
  }

  @Test func theChainIsShownWhole() async throws {
    let setting = try Setting()
    let issued = try setting.authority.intermediate().issue(name: "app")
    #expect(issued.chain.count == 2)
    try await run(setting, try Files(issued)) { test, api async throws in
      test.server.otherwise(.token("one"))
      #expect(try await test.item() == "one")
    }
  }

  @Test func aRenewedCertificateCountsFromTheNextTokenOn() async throws {
    let setting = try Setting()
    let (old, new) = (try setting.authority.issue(name: "app"), try setting.authority.issue(name: "app"))
    let (oldDER, newDER) = (TestCertificate.der(old.chain[0]), TestCertificate.der(new.chain[0]))
    let files = try Files(old)
    try await run(setting, files) { test, api async throws in
      test.server.enqueue(.token("one", expiresIn: 10), .token("two", expiresIn: 10), .token("three"))
      api.otherwise(.respond(body: "ok"))
      _ = try await call(test, api)
      try files.write(new)
      _ = try await call(test, api)
      test.clock.advance(by: .seconds(10))
      _ = try await call(test, api)
      try files.key.write(old.key)
      test.clock.advance(by: .seconds(10))
      _ = try await call(test, api)
      #expect(test.server.requests.map(\.certificate) == [oldDER, newDER, newDER])
      #expect(
        api.requests.map(\.certificate) == [oldDER, oldDER, newDER, newDER],
        "a token goes with the certificate that it was got with"
      )
    }
  }

  @Test func bindsTheTokensOfClientsThatProveWhoTheyAreOtherwise() async throws {
    let setting = try Setting()
    let issued = try setting.authority.issue(name: "app")
    try await run(setting, try Files(issued), nil) { test, api async throws in
      test.server.otherwise(.token("one"))
      _ = try await test.item()
      #expect(test.server.requests[0].form["client_secret"] == TokenSourceTest.secret)
      #expect(test.server.requests[0].certificate == TestCertificate.der(issued.chain[0]))
    }
  }

  @Test func anHTTPClientOfOnesOwnMayShowIt() async throws {
    let setting = try Setting()
    let issued = try setting.authority.issue(name: "app")
    let files = try Files(issued)
    let certificate = ClientCertificate(
      file: files.certificate.path,
      keyFile: files.key.path,
      configuration: setting.trusting
    )
    try await ScriptedServer.run(tls: setting.tls) { server in
      server.otherwise(.token("one"))
      var configuration = HTTPClient.Configuration(tlsConfiguration: try certificate.tlsConfiguration())
      configuration.timeout.connect = .minutes(10)
      try await HTTPClient.withHTTPClient(configuration: configuration) { httpClient in
        let source = try ClientCredentialsTokenSource(
          tokenEndpoint: server.url,
          identity: .certificate(clientID: "app"),
          httpClient: httpClient
        )
        #expect(try await source.token(for: ["item"]).value == "one")
      }
      #expect(server.requests.map(\.certificate) == [TestCertificate.der(issued.chain[0])])
    }
  }

  @Test func saysWhatIsWrong() async throws {
    let setting = try Setting()
    let (one, two) = (try setting.authority.issue(name: "app"), try setting.authority.issue(name: "app"))
    let files = try Files(one)
    let certificate = try #require(one.chain.first)
    for (certificate, key, reason) in [
      (certificate, two.key, "the key is not that of the certificate"),
      (certificate, "hush", "the key file has no private key in PEM without a passphrase"),
      (
        certificate, try KeyFixture.text("encrypted.pem"),
        "the key file has no private key in PEM without a passphrase"
      ),
      ("hush", one.key, "the file has no certificate in PEM"),
      (one.key, one.key, "the file has no certificate in PEM"),
      ("", one.key, "the file is empty"),
    ] {
      try files.certificate.write(certificate)
      try files.key.write(key)
      try await run(setting, files) { test, _ async throws in
        let error = try #require(try await test.itemError())
        #expect(error.kind == .credentialsUnavailable)
        #expect(error.message == "the client certificate: \(reason)")
        #expect(test.server.requests.isEmpty)
      }
      let error = #expect(throws: InvalidClientCertificate.self) {
        try ClientCertificate(file: files.certificate.path, keyFile: files.key.path).tlsConfiguration()
      }
      #expect(error.map { "\($0)" } == "the client certificate: \(reason)")
    }
    try files.key.remove()
    #expect(throws: InvalidClientCertificate.self) {
      try ClientCertificate(file: files.certificate.path, keyFile: files.key.path).tlsConfiguration()
    }
  }
}
