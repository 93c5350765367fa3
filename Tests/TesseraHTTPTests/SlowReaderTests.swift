import NIOSSL
import TesseraHTTP
import TesseraTestSupport
import Testing

/// Peers that take nothing of what they asked for.
@Suite struct SlowReaderTests {
  /// More than all buffers on the way take.
  private static let size = 16 << 20
  private static let short = "GET /elsewhere HTTP/1.1\r\nHost: localhost\r\n\r\n"

  /// A way to ask for what is then not taken.
  struct Reader: CustomTestStringConvertible {
    let testDescription: String
    var isSecure = true
    var protocols: [String] = []
    /// What is sent, and maybe answered, before it stops to read.
    let opening: [UInt8]
    let request: [UInt8]
    /// What cuts it.
    let adjust: @Sendable (inout HTTPLimits) -> Void
  }

  private static let readers = [
    Reader(
      testDescription: "plain, kept open",
      isSecure: false,
      opening: Array(short.utf8),
      request: Array(SecureServer.request.utf8)
    ) { $0.idleTimeout = 1 },
    Reader(
      testDescription: "TLS, kept open",
      opening: Array(short.utf8),
      request: Array(SecureServer.request.utf8)
    ) { $0.idleTimeout = 1 },
    Reader(
      testDescription: "plain, closed after the answer",
      isSecure: false,
      opening: Array(short.utf8),
      request: Array("GET /hang HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
    ) { $0.requestTimeout = 1 },
    Reader(
      testDescription: "TLS, closed after the answer",
      opening: Array(short.utf8),
      request: Array("GET /hang HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
    ) { $0.requestTimeout = 1 },
    Reader(
      testDescription: "HTTP/2, windows wide open",
      protocols: ["h2"],
      opening: HTTP2Bytes.preface + HTTP2Bytes.settings([(4, 0x7FFF_FFFF)])
        + HTTP2Bytes.windowUpdate(0x7FFF_0000) + HTTP2Bytes.request("GET", "/elsewhere", on: 1),
      request: HTTP2Bytes.request("GET", "/hang", on: 3)
    ) {
      $0.requestTimeout = 1
      $0.idleTimeout = 1
    },
  ]

  @Test("N9 a peer that takes nothing off the network is cut, whatever it speaks", arguments: readers)
  func isCut(_ reader: Reader) async throws {
    var limits = HangingEndpoint.patient
    limits.maximumConnectionsPerAddress = 1
    reader.adjust(&limits)
    try await SecureServer.run(limits: limits, answer: [UInt8](repeating: 0x78, count: Self.size)) { server in
      let slow =
        if reader.isSecure {
          try await server.connect { $0.applicationProtocols = reader.protocols }
        } else {
          try await TestConnection(port: server.plainPort)
        }
      await slow.send(reader.opening)
      try await slow.stopReading()
      await slow.send(reader.request)
      // Another of its address is answered only when it is gone.
      try await wait {
        let next = try await server.connect()
        await next.send(Self.short)
        let status = try await next.response()?.status
        await next.close()
        return status == 404
      }
      try await slow.startReading()
      #expect(try await slow.rest().count < Self.size)
    }
  }
}
