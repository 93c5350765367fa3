import Synchronization
import TesseraHTTP
import TesseraTestSupport
import Testing

/// Another certificate while the server runs.
@Suite struct TLSReplacementTests {
  @Test("N4 a new certificate is used without dropping a connection; a bad one changes nothing")
  func replacement() async throws {
    try await SecureServer.run { server in
      let before = try await server.connect()
      await before.send(SecureServer.request)
      #expect(try await before.response()?.text == "done")

      let other = try TestAuthority()
      try server.credentials.replace(other.issue(.rsa))
      await before.send(SecureServer.request)
      #expect(try await before.response()?.text == "done", "what was there goes on")
      #expect(try await server.answer() == nil, "nobody who trusts only the old authority")
      let after = try await TestConnection(port: server.port, tls: TestTLS.client(of: other))
      await after.send(SecureServer.request)
      #expect(try await after.response()?.text == "done")

      let (one, two) = (try other.issue(), try other.issue())
      #expect(throws: (any Error).self) {
        try server.credentials.replace(TestCertificate(chain: one.chain, key: two.key))
      }
      let last = try await TestConnection(port: server.port, tls: TestTLS.client(of: other))
      await last.send(SecureServer.request)
      #expect(try await last.response()?.text == "done")
      for connection in [before, after, last] { await connection.close() }
    }
  }

  /// Clients that ask all the time, each half of the time on a new connection.
  private final class Load: Sendable {
    private let state = Mutex((answered: 0, failed: 0, isOver: false))

    var answered: Int { state.withLock { $0.answered } }
    var failed: Int { state.withLock { $0.failed } }

    func end() {
      state.withLock { $0.isOver = true }
    }

    func run(_ server: SecureServer, _ tls: TestTLS) async throws {
      let kept = try await TestConnection(port: server.port, tls: tls)
      while !state.withLock({ $0.isOver }) {
        let fresh = try await TestConnection(port: server.port, tls: tls)
        for connection in [kept, fresh] {
          await connection.send(SecureServer.request)
          let isAnswered = try await connection.response()?.text == "done"
          state.withLock { if isAnswered { $0.answered += 1 } else { $0.failed += 1 } }
        }
        await fresh.close()
      }
      await kept.close()
    }
  }

  @Test("N4 no request fails while the certificate changes all the time", .timeLimit(.minutes(60)))
  func underLoad() async throws {
    try await SecureServer.run { server in
      let certificates = [try server.authority.issue(), try server.authority.issue(.rsa)]
      let tls = try TestTLS.client(of: server.authority)
      let load = Load()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 { group.addTask { try await load.run(server, tls) } }
        for index in 0..<TestExtent.times(50, inFull: 1000) {
          let before = load.answered
          try server.credentials.replace(certificates[index % 2])
          // At whatever moment of theirs, there are always some under way.
          try await wait { load.answered > before || load.failed > 0 }
        }
        load.end()
        try await group.waitForAll()
      }
      #expect(load.failed == 0)
    }
  }
}
