import Dispatch
import NIOCore
import NIOPosix
import Synchronization
import TesseraCore
import TesseraHTTP
import TesseraTestSupport
import Testing

/// One connection among others.
@Suite struct TurnTests {
  /// Takes two milliseconds for a request, which is longer than a turn lasts; the first waits for the test.
  private final class SlowEndpoint: Endpoint {
    let path = "/slow"
    let gate = DispatchSemaphore(value: 0)
    private let count = Mutex(0)

    var answered: Int { count.withLock { $0 } }

    func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
      if count.withLock({ $0 }) == 0 { gate.wait() }
      let end = NIODeadline.now() + .milliseconds(2)
      while NIODeadline.now() < end {}
      count.withLock { $0 += 1 }
      return EndpointResponse(status: 200, headers: [:], body: [])
    }

    func response(for error: OAuthError) -> EndpointResponse { SeedDialect().response(for: error) }
  }

  /// Says how many the other has answered.
  private struct CountingEndpoint: Endpoint {
    let path = "/count"
    let slow: SlowEndpoint

    func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
      EndpointResponse(status: 200, headers: [:], body: Array(String(slow.answered).utf8))
    }

    func response(for error: OAuthError) -> EndpointResponse { SeedDialect().response(for: error) }
  }

  @Test("O5 requests that were sent ahead are answered in turn with those of other connections")
  func takesTurns() async throws {
    let slow = SlowEndpoint()
    let counting = CountingEndpoint(slow: slow)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = try await HTTPServer.start(
      [HTTPListener(host: "127.0.0.1", port: 0)],
      routes: { _ in [slow.path: slow, counting.path: counting] },
      limits: HangingEndpoint.patient,
      group: group,
      logger: TestLog().logger
    )
    let other = try await TestConnection(port: server.ports[0])
    await other.send("GET /count HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(try await other.response()?.text == "0")
    // All of them fit into one read.
    let ahead = try await TestConnection(port: server.ports[0])
    await ahead.send(String(repeating: "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", count: 60))
    // The event loop waits at the first of them, or will. This is there when it goes on.
    await other.send("GET /count HTTP/1.1\r\nHost: a\r\n\r\n")
    slow.gate.signal()
    let answered = try #require(Int(try await other.response()?.text ?? ""))
    #expect(answered < 30, "\(answered)")
    for _ in 0..<60 { #expect(try await ahead.response()?.status == 200) }
    #expect(slow.answered == 60)
    await ahead.close()
    await other.close()
    await server.stop()
    try await group.shutdownGracefully()
  }
}
