import Foundation
import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// A server behind a proxy that passes certificates on, with an authority that it trusts.
struct CertificateWorld: Sendable {
  let server: TestServer
  let authority: TestAuthority
  let authorities: TrustedAuthorities

  /// What a test can choose of it.
  struct Setting: Sendable {
    var header = CertificateHeader.clientCert
    var baseURL: String?
    /// What the authority has revoked; nil for no list.
    var revoked: (@Sendable (TestAuthority) throws -> String)?
  }

  /// The time that the server believes in.
  static let time = Date(timeIntervalSince1970: Double(TestClocks().wall.now.milliseconds) / 1000)

  static func run(
    _ setting: Setting = Setting(),
    _ body: (CertificateWorld) async throws -> Void
  ) async throws {
    let authority = try TestAuthority(at: time)
    let authorities = try TrustedAuthorities(
      TrustedAuthorities.Material(
        authorities: AuthorityCertificates(pem: Array(authority.pem.utf8)),
        revocations: setting.revoked.map { try RevocationList.lists(in: Array($0(authority).utf8)) }
      )
    )
    var options = TestServer.Options()
    options.proxies = TrustedProxies(
      [try #require(AddressRange("127.0.0.1"))],
      certificateHeader: setting.header
    )
    options.clientCertificates = .init(authorities: authorities, baseURL: setting.baseURL)
    options.failureLimit = FailureLimiter.Settings(freeFailures: 1000)
    try await TestServer.run(options) { server in
      try await body(CertificateWorld(server: server, authority: authority, authorities: authorities))
    }
  }

  /// A client without a secret that is of use here.
  func client(_ change: @escaping @Sendable (inout Client) -> Void) async throws -> TestClient {
    let client = try await server.makeClient()
    try await server.change(client, change)
    return client
  }

  /// A client whose certificate has to name this.
  func client(_ kind: CertificateSubject.Kind, _ text: String) async throws -> TestClient {
    let subject = try #require(CertificateSubject(kind, text))
    return try await client {
      $0.authenticationMethod = .tlsClientAuth
      $0.keyMetadata.certificateSubject = subject
    }
  }

  /// A client with these certificates.
  func client(with certificates: [TestCertificate], isBound: Bool = false) async throws -> TestClient {
    let time = server.clocks.wall.now
    let keys = certificates.enumerated().map { index, certificate in
      ClientKey(
        name: "key \(index)",
        material: .certificate(certificate.leaf),
        createdAt: time,
        expiresAt: time.advanced(bySeconds: 86_400)
      )
    }
    return try await client {
      $0.authenticationMethod = .selfSignedTLSClientAuth
      $0.keyMetadata.keys = keys
      $0.keyMetadata.isCertificateBound = isBound
    }
  }

  /// A certificate of the authority.
  func issue(_ change: (inout TestClientProfile) -> Void = { _ in }) throws -> TestCertificate {
    try authority.issueClient(TestClientProfile(change), at: CertificateWorld.time)
  }

  /// A request as the proxy passes it on, whose caller has shown this certificate.
  static func request(_ form: [(String, String)], _ certificate: TestCertificate?) -> TestRequest {
    let request = TestRequest(form: form).forwarded(for: "198.51.100.1")
    guard let certificate else { return request }
    let chain = certificate.chain.map { ":\(Data(TestCertificate.der($0)).base64EncodedString()):" }
    let shown = request.adding("Client-Cert", chain[0])
    return chain.count == 1 ? shown : shown.adding("Client-Cert-Chain", chain[1...].joined(separator: ", "))
  }

  /// A token request without a secret.
  func ask(
    _ client: TestClient,
    _ certificate: TestCertificate?,
    _ changes: [String: String?] = [:]
  ) async throws -> TestResponse {
    let form = client.tokenForm(["client_secret": nil].merging(changes) { $1 })
    return try await server.send(CertificateWorld.request(form, certificate))
  }
}
