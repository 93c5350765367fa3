import NIOPosix
import TesseraCore
import TesseraHTTP
import TesseraTestSupport
import Testing

/// Connections that begin with whom they are for.
@Suite struct ProxyProtocolTests {
  private static let request = "GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n"
  private static let header = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n"
  private static let loopback = ["127.0.0.0/8"].compactMap(AddressRange.init)

  private static func run(
    from announcers: [AddressRange] = loopback,
    limits: HTTPLimits = HangingEndpoint.patient,
    tls: TLSCredentials? = nil,
    _ body: (_ port: Int, TestLog) async throws -> Void
  ) async throws {
    let endpoint = HangingEndpoint()
    endpoint.release()
    let log = TestLog()
    let server = try await HTTPServer.start(
      [
        HTTPListener(
          .address(host: "127.0.0.1", port: 0),
          kind: tls.map(HTTPListener.Kind.tls) ?? .plain,
          announcers: announcers
        )
      ],
      routes: { _ in [endpoint.path: endpoint] },
      limits: limits,
      group: .singleton,
      logger: log.logger
    )
    do {
      try await body(server.ports[0], log)
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private static let binary = ProxyHeaderTests.binary(
    0x21,
    0x11,
    [192, 0, 2, 7, 198, 51, 100, 1, 0xDE, 0xAD, 1, 187]
  )

  @Test(arguments: [Array(header.utf8), binary])
  func theCallerIsWhomTheProxyNames(_ header: [UInt8]) async throws {
    try await ProxyProtocolTests.run { port, log in
      let connection = try await TestConnection(port: port)
      await connection.send(header + Array(ProxyProtocolTests.request.utf8))
      #expect(try await connection.response()?.text == "done")
      try await wait { log.lines.contains { $0.contains("source=192.0.2.7") } }
      await connection.close()
      // Byte by byte, and the request apart from it.
      let slow = try await TestConnection(port: port)
      for byte in header { await slow.send([byte]) }
      await slow.send(ProxyProtocolTests.request)
      #expect(try await slow.response()?.text == "done")
      await slow.close()
    }
  }

  @Test func theProxyItselfIsTheCallerWhereItNamesNobody() async throws {
    try await ProxyProtocolTests.run { port, log in
      let connection = try await TestConnection(port: port)
      await connection.send("PROXY UNKNOWN\r\n" + ProxyProtocolTests.request)
      #expect(try await connection.response()?.text == "done")
      try await wait { log.lines.contains { $0.contains("source=127.0.0.1") } }
      await connection.close()
    }
  }

  @Test func insideTLSToo() async throws {
    let authority = try TestAuthority()
    try await ProxyProtocolTests.run(tls: TLSCredentials(authority.issue())) { port, log in
      let connection = try await TestConnection(
        port: port,
        tls: TestTLS.client(of: authority),
        preamble: Array(ProxyProtocolTests.header.utf8)
      )
      await connection.send(ProxyProtocolTests.request)
      #expect(try await connection.response()?.text == "done")
      try await wait { log.lines.contains { $0.contains("source=192.0.2.7") } }
      await connection.close()
    }
  }

  @Test func nobodyElseMayNameACaller() async throws {
    let announcers = ["192.0.2.0/24"].compactMap(AddressRange.init)
    try await ProxyProtocolTests.run(from: announcers) { port, log in
      let connection = try await TestConnection(port: port)
      await connection.send(ProxyProtocolTests.header + ProxyProtocolTests.request)
      #expect(try await connection.rest().isEmpty)
      #expect(log.lines.contains { $0.contains("outside http.trusted-proxies") && $0.contains("127.0.0.1") })
    }
  }

  @Test(arguments: [request, "PROXY TCP4 nonsense\r\n" + request])
  func withoutAHeaderTheConnectionIsClosed(_ text: String) async throws {
    try await ProxyProtocolTests.run { port, log in
      let connection = try await TestConnection(port: port)
      await connection.send(text)
      #expect(try await connection.rest().isEmpty)
      #expect(log.lines.contains { $0.contains("without a PROXY header") })
    }
  }

  @Test func aHeaderThatDoesNotComeEndsTheConnection() async throws {
    var limits = HangingEndpoint.patient
    limits.handshakeTimeout = 1
    try await ProxyProtocolTests.run(limits: limits) { port, _ in
      let connection = try await TestConnection(port: port)
      await connection.send("PROXY TCP4 192.0.2.7")
      #expect(try await connection.rest().isEmpty)
    }
  }

  @Test func theCapOnConnectionsIsTheCallers() async throws {
    var limits = HangingEndpoint.patient
    limits.maximumConnectionsPerAddress = 2
    try await ProxyProtocolTests.run(limits: limits) { port, _ in
      var open: [TestConnection] = []
      for address in ["192.0.2.7", "192.0.2.8"] {
        for isAdmitted in [true, true, false] {
          let connection = try await TestConnection(port: port)
          await connection.send("PROXY TCP4 \(address) 198.51.100.1 1 443\r\n" + ProxyProtocolTests.request)
          #expect(try await connection.response()?.status == (isAdmitted ? 200 : 503))
          open.append(connection)
        }
      }
      for connection in open { await connection.close() }
    }
  }
}
