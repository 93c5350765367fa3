import TesseraClient
import TesseraGuard
import Testing

/// A program that calls APIs and is one imports both libraries, and qualifies no name.
@Suite struct BothLibrariesTests {
  /// What an API calls another with, and whom it is called by.
  private struct Service {
    let tokens: ClientCredentialsTokenSource
    let verifier: AccessTokenVerifier

    init() throws {
      var calling = ClientCredentialsTokenSource.Settings()
      calling.authentication = ClientAuthentication.clientSecretBasic
      tokens = try ClientCredentialsTokenSource(
        tokenEndpoint: "https://login.example.com/oauth2/token",
        dialect: TokenDialect.rfc6749,
        credentials: .fixed(ClientCredentials(clientID: "app", clientSecret: "hush")),
        settings: calling
      )
      verifier = try AccessTokenVerifier(
        introspectionEndpoint: "https://login.example.com/oauth2/introspect",
        credentials: IntrospectionCredentials.secret(clientID: "app", "hush"),
        settings: AccessTokenVerifier.Settings()
      )
    }

    func call(_ token: AccessToken) -> String { token.authorization }

    func answer(_ token: VerifiedAccessToken) -> String { "Hello, \(token.clientID)" }
  }

  /// The same without a secret, and with tokens that are bound to a key.
  private func withoutASecret() throws -> ClientCredentialsTokenSource {
    var calling = ClientCredentialsTokenSource.Settings()
    calling.dpop = DPoPBinding(key: ClientPrivateKey.generate())
    calling.certificate = ClientCertificate(file: "/etc/app/tls.crt", keyFile: "/etc/app/tls.key")
    return try ClientCredentialsTokenSource(
      tokenEndpoint: "https://login.example.com/oauth2/token",
      identity: ClientIdentity.platformToken(
        PlatformToken.environment("TOKEN"),
        assertionType: AssertionType.jwtBearer
      ),
      settings: calling
    )
  }

  @Test func bothStandSideBySide() async throws {
    let service = try Service()
    _ = try withoutASecret()
    await #expect(throws: VerificationError.invalidToken) { try await service.verifier.verify("no token") }
    #expect(service.answer(VerifiedAccessToken(clientID: "app", scopes: ["item"])) == "Hello, app")
    #expect(throws: InvalidTokenEndpoint.isNotEncrypted) {
      try ClientCredentialsTokenSource(
        tokenEndpoint: "http://login.example.com/oauth2/token",
        dialect: .rfc6749,
        credentials: .file(path: "/nowhere")
      )
    }
    #expect(throws: InvalidIssuer.isNotEncrypted) {
      try AccessTokenVerifier(issuer: "http://login.example.com", audience: "https://api.example.com")
    }
  }
}
