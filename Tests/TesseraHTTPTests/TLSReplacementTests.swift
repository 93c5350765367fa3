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

  @Test("N4 no request fails while the certificate changes all the time")
  func underLoad() async throws {
    try await SecureServer.run { server in
      let certificates = [try server.authority.issue(), try server.authority.issue(.rsa)]
      let tls = try TestTLS.client(of: server.authority)
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 {
          group.addTask {
            var answered = 0
            let kept = try await TestConnection(port: server.port, tls: tls)
            for _ in 0..<50 {
              let fresh = try await TestConnection(port: server.port, tls: tls)
              for connection in [kept, fresh] {
                await connection.send(SecureServer.request)
                if try await connection.response()?.text == "done" { answered += 1 }
              }
              await fresh.close()
            }
            await kept.close()
            return answered
          }
        }
        group.addTask {
          for index in 0..<1000 {
            try server.credentials.replace(certificates[index % 2])
            await Task.yield()
          }
          return 0
        }
        let answered = try await group.reduce(0, +)
        #expect(answered == 4 * 50 * 2)
      }
    }
  }
}
