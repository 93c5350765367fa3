import Crypto
import Foundation
import NIOSSL
import TesseraClient
import TesseraJOSE
import TesseraTestSupport
import Testing

/// A program with TesseraClient that proves by a certificate who it is (RFC 8705), against a server of its own process.
@Suite struct TokenByCertificateTests {
  private func write(_ certificate: TestCertificate, _ name: String, in folder: TemporaryFolder) throws {
    try Data(certificate.chain.joined().utf8).write(to: folder.url("\(name).pem"))
    try Data(certificate.key.utf8).write(to: folder.url("\(name).key"))
    chmod(folder.url("\(name).key").path, 0o600)
  }

  @Test func aProgramWithACertificateGetsTokensThatAreBoundToIt() async throws {
    let folder = try TemporaryFolder()
    let authority = try TestAuthority()
    let own = try TestAuthority().issueClient(at: Date())
    try write(authority.issue(), "server", in: folder)
    try write(own, "app", in: folder)
    try write(TestAuthority().issueClient(at: Date()), "other", in: folder)
    try await folder.makeData()
    let server = try await RunningServer.start(
      in: folder,
      environment: [
        "TESSERA_HTTP_TLS_CERTIFICATE": folder.url("server.pem").path,
        "TESSERA_HTTP_TLS_KEY": folder.url("server.key").path, "TESSERA_HTTP_HOST": "127.0.0.1",
        "TESSERA_HTTP_TLS_CLIENT_CERTIFICATES": "true",
      ]
    )
    let created = try await server.tessera(
      "client",
      "create",
      "--name",
      "app",
      "--scope",
      "item",
      "--token-format",
      "jwt",
      "--certificate",
      folder.url("app.pem").path,
      "--authentication-method",
      "self_signed_tls_client_auth",
      "--certificate-bound",
      "--format",
      "json"
    )
    #expect(created.status == 0, "\(created.errors)")
    let clientID = try #require(created.member("client_id"))
    var trusting = TLSConfiguration.makeClientConfiguration()
    trusting.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.pem.utf8)))
    func token(_ name: String) async throws -> String {
      var settings = ClientCredentialsTokenSource.Settings()
      settings.requestTimeout = .seconds(120)
      settings.totalTimeout = .seconds(240)
      settings.certificate = ClientCertificate(
        file: folder.url("\(name).pem").path,
        keyFile: folder.url("\(name).key").path,
        configuration: trusting
      )
      return try await ClientCredentialsTokenSource(
        tokenEndpoint: "https://127.0.0.1:\(server.port)/oauth2/token",
        identity: .certificate(clientID: clientID),
        settings: settings
      ).token(for: ["item"]).value
    }
    // A change counts within a second or so.
    try await wait { (try? await token("app")) != nil }
    let claims = try TestJWT(try await token("app")).claims
    let thumbprint = Base64URL.encode(Array(SHA256.hash(data: TestCertificate.der(own.chain[0]))))
    #expect(claims["cnf"] as? [String: String] == ["x5t#S256": thumbprint])
    let error = await #expect(throws: TokenRequestError.self) { try await token("other") }
    #expect(error?.name == "invalid_client")
    try await server.stop()
  }
}
