import NIOCore
import NIOPosix
import NIOSSL
import TesseraCore
import TesseraHTTP
import TesseraTestSupport

/// A listener with TLS, one without, one endpoint, and clients that trust it.
struct SecureServer {
  static let request = "GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n"

  let http: HTTPServer
  let authority: TestAuthority
  let credentials: TLSCredentials
  let endpoint: HangingEndpoint
  let log: TestLog

  var port: Int { http.ports[0] }
  /// Where the same is without TLS.
  var plainPort: Int { http.ports[1] }

  /// Runs a test on a server, whose endpoint answers at once unless it hangs.
  static func run(
    _ kind: TestAuthority.KeyKind = .p256,
    limits: HTTPLimits = HangingEndpoint.patient,
    hangs: Bool = false,
    answer: [UInt8] = Array("done".utf8),
    group: MultiThreadedEventLoopGroup = .singleton,
    _ body: (SecureServer) async throws -> Void
  ) async throws {
    let authority = try TestAuthority()
    let credentials = try TLSCredentials(authority.issue(kind))
    let endpoint = HangingEndpoint(body: answer)
    if !hangs { endpoint.release() }
    let log = TestLog()
    let http = try await HTTPServer.start(
      [
        HTTPListener(host: "127.0.0.1", port: 0, kind: .tls(credentials)),
        HTTPListener(host: "127.0.0.1", port: 0),
      ],
      routes: { _ in [endpoint.path: endpoint] },
      limits: limits,
      group: group,
      logger: log.logger
    )
    let server = SecureServer(
      http: http,
      authority: authority,
      credentials: credentials,
      endpoint: endpoint,
      log: log
    )
    do {
      try await body(server)
    } catch {
      await http.stop()
      throw error
    }
    await http.stop()
  }

  /// Connects and speaks TLS.
  func connect(_ adjust: (inout TLSConfiguration) -> Void = { _ in }) async throws -> TestConnection {
    try await TestConnection(port: port, tls: TestTLS.client(of: authority, adjust))
  }

  /// The answer to a request on a connection of its own; nil when there is none.
  func answer(_ adjust: (inout TLSConfiguration) -> Void = { _ in }) async throws -> TestResponse? {
    let connection = try await connect(adjust)
    async let sent: Void = connection.send(SecureServer.request)
    let response = try? await connection.response()
    await sent
    await connection.close()
    return response
  }
}

extension TLSCredentials {
  /// Takes a certificate of a test.
  convenience init(_ certificate: TestCertificate, strictTransportAge: Int = 60) throws {
    try self.init(
      chain: certificate.chain.map(TestCertificate.der),
      key: TestCertificate.der(certificate.key),
      strictTransportAge: strictTransportAge
    )
  }

  func replace(_ certificate: TestCertificate) throws {
    try replace(chain: certificate.chain.map(TestCertificate.der), key: TestCertificate.der(certificate.key))
  }
}

extension TestTLS {
  /// A client that closes without waiting: where half of a connection may be closed, the library waits in vain.
  static func client(
    of authority: TestAuthority,
    _ adjust: (inout TLSConfiguration) -> Void = { _ in }
  ) throws -> TestTLS {
    try TestTLS(trusting: authority) {
      $0.shutdownTimeout = .zero
      adjust(&$0)
    }
  }
}
