import Foundation
import Logging
import NIOCore
import NIOPosix
import TesseraHTTP
import TesseraTestSupport
import Testing

/// How the listener stops.
@Suite struct DrainTests {
  @Test func finishesRequestsInFlightAndRefusesNewOnes() async throws {
    let endpoint = HangingEndpoint()
    let server = try await HangingEndpoint.start(endpoint)
    let busy = try await TestConnection(port: server.ports[0])
    let idle = try await TestConnection(port: server.ports[0])
    await busy.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n")
    try await wait { endpoint.arrived > 0 }

    async let stopped: Void = server.stop()
    #expect(try await idle.response() == nil, "an idle connection is closed")
    await #expect(throws: (any Error).self) { try await TestConnection(port: server.ports[0]) }
    endpoint.release()
    let response = try await busy.response()
    #expect(response?.text == "done")
    #expect(response?.header("connection") == "close")
    await stopped
  }

  @Test func givesUpAfterTheDrainTimeout() async throws {
    let endpoint = HangingEndpoint()
    var limits = HTTPLimits()
    limits.drainTimeout = 1
    let server = try await HangingEndpoint.start(endpoint, limits)
    let busy = try await TestConnection(port: server.ports[0])
    await busy.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n")
    try await wait { endpoint.arrived > 0 }
    await server.stop()
    endpoint.release()
    await busy.close()
  }

  @Test func saysWhenThePortIsTaken() async throws {
    let first = try await HangingEndpoint.start(HangingEndpoint())
    let error = await #expect(throws: CannotListen.self) {
      try await HTTPServer.start(
        [HTTPListener(host: "127.0.0.1", port: 0), HTTPListener(host: "127.0.0.1", port: first.ports[0])],
        routes: { _ in [:] },
        group: MultiThreadedEventLoopGroup.singleton,
        logger: TestLog().logger
      )
    }
    #expect(error?.errorNumber == EADDRINUSE)
    #expect(error?.listener.port == first.ports[0])
    await first.stop()
  }
}
