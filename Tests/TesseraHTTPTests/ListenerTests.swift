import NIOCore
import NIOPosix
import TesseraHTTP
import TesseraTestSupport
import Testing

/// Several listeners of one server.
@Suite struct ListenerTests {
  private static let request = "GET /hang HTTP/1.1\r\nHost: a\r\n\r\n"

  private static func start(
    _ endpoint: HangingEndpoint,
    _ limits: HTTPLimits = HangingEndpoint.patient,
    group: MultiThreadedEventLoopGroup = .singleton,
    ports: @escaping @Sendable ([Int]) -> Void = { _ in }
  ) async throws -> HTTPServer {
    try await HTTPServer.start(
      [HTTPListener(host: "127.0.0.1", port: 0), HTTPListener(host: "127.0.0.1", port: 0)],
      routes: {
        ports($0)
        return [endpoint.path: endpoint]
      },
      limits: limits,
      group: group,
      logger: TestLog().logger
    )
  }

  @Test func allOfThemAnswer() async throws {
    let endpoint = HangingEndpoint()
    endpoint.release()
    let (seen, announce) = AsyncStream.makeStream(of: [Int].self)
    let server = try await ListenerTests.start(endpoint) { announce.yield($0) }
    #expect(Set(server.ports).count == 2)
    #expect(await seen.first { _ in true } == server.ports, "endpoints can name every port")
    for port in server.ports {
      let connection = try await TestConnection(port: port)
      await connection.send(ListenerTests.request)
      #expect(try await connection.response()?.text == "done")
      await connection.close()
    }
    await server.stop()
  }

  @Test func theyShareTheBoundOnConnections() async throws {
    let endpoint = HangingEndpoint()
    var limits = HangingEndpoint.patient
    limits.maximumConnections = 2
    let server = try await ListenerTests.start(endpoint, limits)
    var busy: [TestConnection] = []
    for port in server.ports {
      let connection = try await TestConnection(port: port)
      await connection.send(ListenerTests.request)
      busy.append(connection)
    }
    try await wait { endpoint.arrived == 2 }
    for port in server.ports {
      #expect(try await TestConnection(port: port).response()?.status == 503)
    }
    endpoint.release()
    for connection in busy { #expect(try await connection.response()?.status == 200) }
    await server.stop()
  }

  @Test func allOfThemDrain() async throws {
    let endpoint = HangingEndpoint()
    // On one thread, a connection that was told to close says that the others of its listener were told to.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = try await ListenerTests.start(endpoint, group: group)
    var (busy, idle): ([TestConnection], [TestConnection]) = ([], [])
    for port in server.ports {
      let connection = try await TestConnection(port: port)
      await connection.send(ListenerTests.request)
      busy.append(connection)
      idle.append(try await TestConnection(port: port))
    }
    try await wait { endpoint.arrived == 2 }
    async let stopped: Void = server.stop()
    for connection in idle { #expect(try await connection.response() == nil) }
    endpoint.release()
    for connection in busy {
      let response = try await connection.response()
      #expect(response?.text == "done")
      #expect(response?.header("connection") == "close")
    }
    await stopped
    try await group.shutdownGracefully()
  }
}
