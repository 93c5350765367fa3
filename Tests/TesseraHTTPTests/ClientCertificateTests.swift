import Foundation
import NIOPosix
import NIOSSL
import Synchronization
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// The certificates of clients on a listener with TLS.
@Suite struct ClientCertificateTests {
  /// Remembers which certificate the caller has shown.
  private final class CertificateEndpoint: Endpoint {
    let path = "/hang"
    private let seen = Mutex<[ClientCertificate?]>([])

    /// What was shown with each request.
    var certificates: [ClientCertificate?] { seen.withLock { $0 } }

    func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
      let certificate = exchange.request.origin.clientCertificate
      seen.withLock { $0.append(certificate) }
      return EndpointResponse(status: 200, headers: [:], body: Array("done".utf8))
    }

    func response(for error: OAuthError) -> EndpointResponse { ContractDialect().response(for: error) }
  }

  private struct World {
    let authority: TestAuthority
    let endpoint: CertificateEndpoint
    let port: Int

    func connect(
      _ certificate: TestCertificate?,
      _ adjust: (inout TLSConfiguration) -> Void = { _ in }
    ) async throws -> TestConnection {
      let tls = try TestTLS.client(of: authority) { configuration in
        if let certificate {
          configuration.certificateChain = certificate.chain.compactMap {
            (try? NIOSSLCertificate(bytes: TestCertificate.der($0), format: .der)).map { .certificate($0) }
          }
          configuration.privateKey = (try? NIOSSLPrivateKey(bytes: Array(certificate.key.utf8), format: .pem))
            .map { .privateKey($0) }
        }
        adjust(&configuration)
      }
      return try await TestConnection(port: port, tls: tls)
    }

    /// The answer on a connection of its own; nil when the handshake fails.
    func answer(
      _ certificate: TestCertificate?,
      _ adjust: (inout TLSConfiguration) -> Void = { _ in }
    ) async throws -> TestResponse? {
      let connection = try await connect(certificate, adjust)
      async let sent: Void = connection.send(SecureServer.request)
      let response = try? await connection.response()
      await sent
      await connection.close()
      return response
    }
  }

  private static func run(asks: Bool = true, _ body: (World) async throws -> Void) async throws {
    let authority = try TestAuthority()
    let own = try authority.issue()
    let credentials = try TLSCredentials(
      chain: own.chain.map(TestCertificate.der),
      key: TestCertificate.der(own.key),
      strictTransportAge: 0,
      asksForCertificates: asks
    )
    let endpoint = CertificateEndpoint()
    let http = try await HTTPServer.start(
      [HTTPListener(host: "127.0.0.1", port: 0, kind: .tls(credentials))],
      routes: { _ in [endpoint.path: endpoint] },
      limits: HangingEndpoint.patient,
      group: .singleton,
      logger: TestLog().logger
    )
    do {
      try await body(World(authority: authority, endpoint: endpoint, port: http.ports[0]))
    } catch {
      await http.stop()
      throw error
    }
    await http.stop()
  }

  @Test(
    "M6 a certificate counts once its key was proven, whoever signed it, and a client may have none",
    arguments: [TLSVersion.tlsv12, .tlsv13]
  )
  func shown(_ version: TLSVersion) async throws {
    try await ClientCertificateTests.run { world in
      let strange = try TestAuthority()
      let behind = try world.authority.intermediate().issueClient(at: Date())
      let shown = [nil, try strange.issueClient(at: Date()), behind, try strange.issue()]
      for certificate in shown {
        let answer = try await world.answer(certificate) {
          ($0.minimumTLSVersion, $0.maximumTLSVersion) = (version, version)
        }
        #expect(answer?.text == "done")
      }
      let expected = shown.map { certificate in
        certificate.flatMap {
          ClientCertificate($0.leaf, intermediates: $0.chain.dropFirst().map(TestCertificate.der))
        }
      }
      #expect(world.endpoint.certificates == expected)
    }
  }

  @Test("M6 a certificate that is shown with the key of another ends the handshake")
  func foreignKey() async throws {
    try await ClientCertificateTests.run { world in
      let (mine, stolen) = (
        try world.authority.issueClient(at: Date()), try world.authority.issueClient(at: Date())
      )
      let posing = TestCertificate(chain: stolen.chain, key: mine.key)
      // The library of the client may refuse to begin.
      let answer = try? await world.answer(posing)
      #expect(answer == nil || world.endpoint.certificates == [nil])
      #expect(try await world.answer(mine)?.text == "done")
      #expect(world.endpoint.certificates.last == ClientCertificate(mine.leaf))
    }
  }

  @Test("M6 every request of a connection over HTTP/2 has the certificate") func multiplexed() async throws {
    try await ClientCertificateTests.run { world in
      let certificate = try world.authority.issueClient(at: Date())
      let connection = try await world.connect(certificate) { $0.applicationProtocols = ["h2"] }
      await connection.send(
        HTTP2Bytes.preface + HTTP2Bytes.frame(.settings, flags: HTTP2Bytes.acknowledgement)
      )
      for stream in [1, 3] { await connection.send(HTTP2Bytes.request("GET", "/hang", on: stream)) }
      try await wait { world.endpoint.certificates.count == 2 }
      #expect(world.endpoint.certificates.allSatisfy { $0 == ClientCertificate(certificate.leaf) })
      await connection.close()
    }
  }

  @Test("M13 a certificate with two thousand names ends the handshake, and one with a hundred does not")
  func manyNames() async throws {
    try await ClientCertificateTests.run { world in
      for (count, isTaken) in [(2000, false), (100, true)] {
        let certificate = try world.authority.issueClient(
          TestClientProfile { $0.alternatives = (0..<count).map { .dns("n\($0).example") } },
          at: Date()
        )
        let answer = try? await world.answer(certificate)
        #expect((answer?.text == "done") == isTaken)
      }
    }
  }

  @Test func nobodyIsAskedForACertificateUnlessThatIsSet() async throws {
    try await ClientCertificateTests.run(asks: false) { world async throws in
      #expect(try await world.answer(world.authority.issueClient(at: Date()))?.text == "done")
      #expect(world.endpoint.certificates == [nil])
    }
  }
}
