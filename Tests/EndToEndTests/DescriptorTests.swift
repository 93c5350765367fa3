import TesseraTestSupport
import Testing

/// What happens when the system gives the server few file descriptors.
@Suite struct DescriptorTests {
  @Test func takesNoMoreConnectionsThanTheSystemLets() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder(), openFiles: 200)
    // The log is written after the fact.
    try await wait { try server.process.errors().contains("raise the limit of open files") }
    let client = try await server.makeClient()
    var connections: [TestConnection] = []
    for _ in 0..<150 {
      let connection = try await TestConnection(port: server.port)
      await connection.send(client.tokenRequest().bytes)
      #expect(try await connection.response()?.status == 200)
      connections.append(connection)
    }
    // 136 fit; for each further one the longest idle was closed.
    for connection in connections[..<14] { #expect(try await connection.response() == nil) }
    for connection in connections[14...] {
      await connection.send(client.tokenRequest().bytes)
      #expect(try await connection.response()?.status == 200)
    }
    try await wait { try server.process.errors().contains("idle connections are closed to make room") }
    for connection in connections { await connection.close() }
    try await wait { try await server.send(client.tokenRequest()).status == 200 }
    try await server.stop()
  }

  @Test func saysNothingWhenThereAreEnough() async throws {
    let server = try await RunningServer.start(
      in: TemporaryFolder(),
      environment: ["TESSERA_HTTP_MAX_CONNECTIONS": "100"],
      openFiles: 200
    )
    try await server.stop()
    #expect(try !server.process.errors().contains("open files"))
  }
}
