import NIOPosix
import NIOSSL
import TesseraHTTP
import TesseraTestSupport
import Testing

/// What a client may offer, and what is agreed upon.
@Suite struct TLSOfferTests {
  @Test(
    "N1 TLS 1.2 and 1.3, and nothing before",
    arguments: [
      (TLSVersion.tlsv1, false), (.tlsv11, false), (.tlsv12, true), (.tlsv13, true),
    ]
  )
  func versions(_ version: TLSVersion, isSpoken: Bool) async throws {
    try await SecureServer.run { server in
      let answer = try await server.answer {
        $0.minimumTLSVersion = version
        $0.maximumTLSVersion = version
      }
      #expect(answer?.text == (isSpoken ? "done" : nil))
    }
  }

  private static let authenticated: [(TestAuthority.KeyKind, NIOTLSCipher)] = [
    (.p256, .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256), (.p256, .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
    (.p384, .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256), (.rsa, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
    (.rsa, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384), (.rsa, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256),
  ]

  @Test("N1 suites with forward secrecy and authenticated encryption", arguments: authenticated)
  func suites(_ kind: TestAuthority.KeyKind, _ suite: NIOTLSCipher) async throws {
    try await SecureServer.run(kind) { server in
      let answer = try await server.answer {
        $0.maximumTLSVersion = .tlsv12
        $0.cipherSuiteValues = [suite]
      }
      #expect(answer?.text == "done")
    }
  }

  private static let others: [(TestAuthority.KeyKind, NIOTLSCipher)] = [
    (.p256, .TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA), (.p256, .TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA),
    (.rsa, .TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA), (.rsa, .TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA),
    (.rsa, .TLS_RSA_WITH_AES_128_GCM_SHA256), (.rsa, .TLS_RSA_WITH_AES_128_CBC_SHA),
    // Of the wrong kind for the key.
    (.rsa, .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256), (.p256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
  ]

  @Test("N1 any other suite is nothing in common", arguments: others)
  func refusedSuites(_ kind: TestAuthority.KeyKind, _ suite: NIOTLSCipher) async throws {
    try await SecureServer.run(kind) { server in
      let answer = try await server.answer {
        $0.maximumTLSVersion = .tlsv12
        $0.cipherSuiteValues = [suite]
      }
      #expect(answer == nil)
      #expect(try await server.answer()?.text == "done", "the next client is served")
    }
  }

  @Test(
    "N3 a client that offers protocols has to offer one that is spoken",
    arguments: [
      ([], true), (["http/1.1"], true), (["smtp", "http/1.1"], true), (["smtp"], false),
      (["http/1.0"], false),
      (["HTTP/1.1"], false),
    ] as [([String], Bool)]
  )
  func applicationProtocols(_ names: [String], isSpoken: Bool) async throws {
    try await SecureServer.run { server in
      for version in [TLSVersion.tlsv12, .tlsv13] {
        let answer = try await server.answer {
          $0.applicationProtocols = names
          $0.maximumTLSVersion = version
        }
        #expect(answer?.text == (isSpoken ? "done" : nil))
      }
    }
  }

  @Test("N2 Strict-Transport-Security over TLS, never without", arguments: [true, false])
  func strictTransport(isOverTLS: Bool) async throws {
    if isOverTLS {
      try await SecureServer.run { server in
        #expect(try await server.answer()?.header("strict-transport-security") == "max-age=60")
        let connection = try await server.connect()
        await connection.send("NONSENSE\r\n\r\n")
        let refusal = try await connection.response()
        #expect(refusal?.status == 400)
        #expect(refusal?.header("strict-transport-security") == "max-age=60")
        await connection.close()
      }
    } else {
      let endpoint = HangingEndpoint()
      endpoint.release()
      try await HangingEndpoint.run(endpoint) { port in
        let connection = try await TestConnection(port: port)
        await connection.send(SecureServer.request)
        #expect(try await connection.response()?.header("strict-transport-security") == nil)
        await connection.close()
      }
    }
  }

  @Test("N2 no header where its age is 0") func noStrictTransport() async throws {
    let authority = try TestAuthority()
    let endpoint = HangingEndpoint()
    endpoint.release()
    let server = try await HTTPServer.start(
      [
        HTTPListener(
          host: "127.0.0.1",
          port: 0,
          kind: .tls(TLSCredentials(authority.issue(), strictTransportAge: 0))
        )
      ],
      routes: { _ in [endpoint.path: endpoint] },
      group: .singleton,
      logger: TestLog().logger
    )
    let connection = try await TestConnection(port: server.ports[0], tls: TestTLS.client(of: authority))
    await connection.send(SecureServer.request)
    let answer = try await connection.response()
    #expect(answer?.status == 200)
    #expect(answer?.header("strict-transport-security") == nil)
    await connection.close()
    await server.stop()
  }
}
