import NIOCore
import NIOPosix
import TesseraHTTP
import TesseraTestSupport
import Testing

/// Requests sent ahead, whose turn comes late: because the store has not answered the one before, or because
/// the peer does not read.
@Suite struct PipeliningTests {
  private static let request = "GET /hang HTTP/1.1\r\nHost: a\r\n\r\n"
  private static let lastRequest = "GET /hang HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
  private static let large = [UInt8](repeating: 0x78, count: 65_536)

  /// Runs a listener on one thread.
  private static func run(
    _ endpoint: HangingEndpoint,
    _ body: (Int) async throws -> Void
  ) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = try await HangingEndpoint.start(endpoint, group: group)
    try await body(server.ports[0])
    await server.stop()
    try await group.shutdownGracefully()
  }

  /// Returns when the listener has seen all that was sent before.
  private static func settle(_ port: Int) async throws {
    for _ in 0..<3 {
      let connection = try await TestConnection(port: port)
      await connection.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(try await connection.response()?.status == 404)
      await connection.close()
    }
  }

  @Test func answersNoFurtherThanThePeerReads() async throws {
    let endpoint = HangingEndpoint(body: PipeliningTests.large)
    endpoint.release()
    try await PipeliningTests.run(endpoint) { port in
      let count = 400
      let connection = try await TestConnection(port: port, isReading: false)
      await connection.send(
        String(repeating: PipeliningTests.request, count: count - 1) + PipeliningTests.lastRequest
      )
      try await PipeliningTests.settle(port)
      // The buffers of the system take some megabytes, ours no more than two answers.
      #expect(endpoint.arrived > 0 && endpoint.arrived < count / 2, "\(endpoint.arrived)")
      try await connection.startReading()
      #expect(try await connection.rest().count > count * PipeliningTests.large.count)
      #expect(endpoint.arrived == count)
    }
  }

  @Test func answersAllBeforeItClosesForAPeerThatSendsNoMore() async throws {
    let endpoint = HangingEndpoint(body: PipeliningTests.large)
    endpoint.release()
    try await PipeliningTests.run(endpoint) { port in
      let count = 200
      let connection = try await TestConnection(port: port, isReading: false)
      await connection.send(String(repeating: PipeliningTests.request, count: count))
      await connection.closeOutput()
      try await PipeliningTests.settle(port)
      try await connection.startReading()
      #expect(try await connection.rest().count > count * PipeliningTests.large.count)
    }
  }

  @Test func answersAllThatWaitForTheStoreWhenThePeerSendsNoMore() async throws {
    let endpoint = HangingEndpoint()
    try await PipeliningTests.run(endpoint) { port in
      let connection = try await TestConnection(port: port)
      await connection.send(String(repeating: PipeliningTests.request, count: 3))
      await connection.closeOutput()
      try await PipeliningTests.settle(port)
      #expect(endpoint.arrived == 1)
      endpoint.release()
      for _ in 0..<3 { #expect(try await connection.response()?.text == "done") }
      #expect(try await connection.response() == nil)
    }
  }

  @Test func answersTheRequestBeforeTheGarbageAfterIt() async throws {
    let endpoint = HangingEndpoint()
    try await PipeliningTests.run(endpoint) { port in
      let connection = try await TestConnection(port: port)
      await connection.send(PipeliningTests.request + "\u{16}\u{03}garbage\r\n\r\n")
      try await PipeliningTests.settle(port)
      endpoint.release()
      #expect(try await connection.response()?.text == "done")
      let refusal = try await connection.response()
      #expect(refusal?.status == 400)
      #expect(refusal?.header("connection") == "close")
      #expect(try await connection.response() == nil)
    }
  }

  @Test func cutsARequestThatBeganInTheReadOfTheOneBefore() async throws {
    var options = TestServer.Options()
    options.limits.requestTimeout = 3
    options.limits.idleTimeout = 30
    try await TestServer.run(options) { server in
      let connection = try await TestConnection(port: server.port)
      await connection.send(TestRequest.keySet.bytes + Array("POST /oauth/tok".utf8))
      #expect(try await connection.response()?.status == 200)
      #expect(try await connection.response()?.status == 408)
      #expect(try await connection.response() == nil)
    }
  }
}
