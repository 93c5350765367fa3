import Foundation
import Logging
import NIOPosix
import TesseraHTTP
import TesseraTestSupport
import Testing

/// What happens when the system has no file descriptors left.
///
/// The limit is one of the process, so each test has a process of its own.
@Suite struct DescriptorTests {
  @Test func takesNoMoreConnectionsThanTheSystemLets() async {
    await #expect(processExitsWith: .success) {
      limitDescriptors(to: 80)
      let log = TestLog()
      let server = try await startServer(log)
      #expect(
        log.lines == [
          "fewer connections than http.max-connections: raise the limit of open files (ulimit -n, LimitNOFILE) "
            + "configured=10000 max_connections=16 open_files=80 open_files_needed=10064"
        ]
      )
      var connections: [TestConnection] = []
      for _ in 0..<16 {
        let connection = try await TestConnection(port: server.port)
        await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await connection.response()?.status == 404)
        connections.append(connection)
      }
      let last = try await TestConnection(port: server.port)
      #expect(try await last.response()?.status == 503)
      for connection in connections + [last] { await connection.close() }
      await server.stop()
    }
  }

  @Test func raisesTheLimitAsFarAsNeeded() async {
    await #expect(processExitsWith: .success) {
      limitDescriptors(to: 100, atMost: 200)
      #expect(DescriptorLimit.raised(for: 20).current == 100)
      #expect(DescriptorLimit.raised(for: 100).current == 164)
      #expect(DescriptorLimit.raised(for: 10_000).current == 200)
      let log = TestLog()
      let server = try await startServer(log, maximumConnections: 136)
      #expect(log.lines.isEmpty)
      await server.stop()
    }
  }

  @Test func waitsForDescriptorsWithoutWork() async {
    await #expect(processExitsWith: .success) {
      limitDescriptors(to: 100)
      let log = TestLog()
      let server = try await startServer(log, maximumConnections: 10)
      let peer = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var taken: [Int32] = []
      while case let descriptor = dup(0), descriptor >= 0 { taken.append(descriptor) }
      #expect(connect(peer, toPort: server.port))
      let request = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
      #expect(write(peer, request, request.count) == request.count)

      // It cannot be accepted, and trying in vain must not take the whole half second.
      let before = clock()
      #expect(!answers(peer, within: 500))
      #expect(clock() - before < CLOCKS_PER_SEC / 4)
      #expect(log.lines.count { $0.hasPrefix("no connection can be accepted") } == 1)

      for descriptor in taken { close(descriptor) }
      #expect(answers(peer, within: 10_000))
      close(peer)
      await server.stop()
    }
  }
}

private func limitDescriptors(to current: Int, atMost maximum: Int? = nil) {
  var limit = rlimit(rlim_cur: rlim_t(current), rlim_max: rlim_t(maximum ?? current))
  #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
}

private func startServer(_ log: TestLog, maximumConnections: Int = 10_000) async throws -> HTTPServer {
  var limits = HTTPLimits()
  limits.maximumConnections = maximumConnections
  return try await HTTPServer.start(
    host: "127.0.0.1",
    port: 0,
    endpoints: [],
    limits: limits,
    group: .singleton,
    logger: log.warnings
  )
}

private func connect(_ socket: Int32, toPort port: Int) -> Bool {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(port).bigEndian
  address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
}

private func answers(_ socket: Int32, within milliseconds: Int32) -> Bool {
  var interest = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
  return poll(&interest, 1, milliseconds) == 1
}

extension TestLog {
  /// A logger that leaves out what is logged of each request.
  fileprivate var warnings: Logger {
    var logger = logger
    logger.logLevel = .warning
    return logger
  }
}
