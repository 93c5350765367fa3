import Foundation
import Synchronization
import TesseraCore
import TesseraTestSupport
import Testing

/// Sockets that a service manager listens at.
@Suite struct InheritedSocketTests {
  /// A socket that listens at a free port of this machine, as a service manager holds it.
  private final class Held: Sendable {
    let descriptor: CInt
    let port: Int

    init() throws {
      descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let (descriptor, size) = (self.descriptor, length)
      let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, size) == 0 && listen(descriptor, 1024) == 0
            && getsockname(descriptor, $0, &length) == 0
        }
      }
      try #require(isBound)
      port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
      close(descriptor)
    }
  }

  /// Clients that ask all the time, and what became of their requests.
  private final class Load: Sendable {
    private let state = Mutex((answered: 0, failed: [String](), isOver: false))

    var answered: Int { state.withLock { $0.answered } }
    var failed: [String] { state.withLock { $0.failed } }

    func end() {
      state.withLock { $0.isOver = true }
    }

    func run(_ request: TestRequest, at port: Int, keepsOpen: Bool) async throws {
      var kept: TestConnection?
      while !state.withLock({ $0.isOver }) {
        let connection: TestConnection
        if let kept { connection = kept } else { connection = try await TestConnection(port: port) }
        await connection.send(request.bytes)
        let response = try await connection.response()
        let text = response.map { "\($0.status) \($0.text)" } ?? "nothing"
        state.withLock { state in
          if response?.status == 200 { state.answered += 1 } else { state.failed.append(text) }
        }
        kept = keepsOpen && response?.header("connection") != "close" ? connection : nil
        if kept == nil { await connection.close() }
      }
      await kept?.close()
    }
  }

  /// A restart by a service manager: the old process ends, then the new one begins, and what comes meanwhile waits.
  @Test(.timeLimit(.minutes(60)))
  func aRestartUnderLoadRefusesNobody() async throws {
    let held = try Held()
    let folder = try TemporaryFolder()
    var server = try await RunningServer.start(in: folder, listening: [held.descriptor])
    #expect(server.port == held.port)
    let client = try await server.makeClient()
    let load = Load()

    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<6 {
        // Half of them keep their connection for as long as the server does, the others take a new one each time.
        group.addTask { try await load.run(client.tokenRequest(), at: held.port, keepsOpen: number % 2 == 0) }
      }
      for _ in 0..<TestExtent.times(12, inFull: 100) {
        let before = load.answered
        try await wait { load.answered > before + 20 || !load.failed.isEmpty }
        #expect(try await server.stop().status == 0)
        server = try await RunningServer.start(in: folder, listening: [held.descriptor])
      }
      load.end()
      try await group.waitForAll()
    }
    #expect(load.failed == [])
    try await server.stop()
  }

  @Test("T3 the name of a socket says what is spoken there") func names() async throws {
    let (secure, plain) = (try Held(), try Held())
    let folder = try TemporaryFolder()
    let authority = try TestAuthority()
    let certificate = try authority.issue()
    try Data(certificate.chain.joined().utf8).write(to: folder.url("cert.pem"))
    try Data(certificate.key.utf8).write(to: folder.url("key.pem"))
    chmod(folder.url("key.pem").path, 0o600)
    let server = try await RunningServer.start(
      in: folder,
      environment: [
        "LISTEN_FDNAMES": "https:plain-port", "TESSERA_HTTP_TLS_CERTIFICATE": folder.url("cert.pem").path,
        "TESSERA_HTTP_TLS_KEY": folder.url("key.pem").path, "TESSERA_ISSUER": "https://auth.example.com",
      ],
      listening: [secure.descriptor, plain.descriptor]
    )
    let connection = try await TestConnection(port: secure.port, tls: TestTLS(trusting: authority))
    await connection.send(TestRequest.keySet.bytes)
    #expect(try await connection.response()?.status == 200)
    await connection.close()
    let refused = try await TestConnection(port: plain.port)
    await refused.send(TestRequest.keySet.bytes)
    let refusal = try await refused.response()
    #expect(refusal?.status == 403)
    #expect(refusal?.text.contains("https://auth.example.com") == true)
    await refused.close()
    try await server.stop()
  }

  @Test func tlsWithoutACertificateIsRefused() async throws {
    let held = try Held()
    let folder = try await TemporaryFolder.withData()
    let outcome = try await TesseraProcess(
      ["serve"],
      in: folder,
      environment: ["LISTEN_FDNAMES": "https"],
      listening: [held.descriptor]
    ).outcome()
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("there is no certificate: set http.tls.certificate"), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  @Test func aUnixSocketHasWhoeverTheFileLetsIn() async throws {
    let folder = try TemporaryFolder()
    let path = "/tmp/tessera-\(UUID().uuidString.prefix(8)).sock"
    let server = try await RunningServer.start(
      in: folder,
      environment: ["TESSERA_HTTP_SOCKET": path, "TESSERA_HTTP_SOCKET_MODE": "0600"]
    )
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    let answer = try await PastedLine.run(
      "curl -sS --unix-socket \(path) -o /dev/null -w '%{http_code}' http://localhost/.well-known/jwks.json"
    )
    #expect(answer == "200")
    // The port was asked for by name, so it is there, too.
    #expect(try await server.send(.keySet).status == 200)
    let second = try await TesseraProcess.run(
      ["serve"],
      in: folder,
      environment: ["TESSERA_HTTP_SOCKET": path, "TESSERA_HTTP_PORT": "0"]
    )
    #expect(second.status != 0)
    #expect(second.errors.contains("a process listens at \(path): stop it"), "\(second.errors)")
    try await server.stop()
    #expect(!FileManager.default.fileExists(atPath: path), "nothing is left")
  }
}
