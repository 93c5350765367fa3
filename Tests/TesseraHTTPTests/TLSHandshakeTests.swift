import NIOCore
import NIOEmbedded
import NIOPosix
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// Clients that make something of the handshake.
@Suite struct TLSHandshakeTests {
  @Test func aClientThatStopsInTheHandshakeIsCut() async throws {
    var limits = HangingEndpoint.patient
    limits.handshakeTimeout = 1
    try await SecureServer.run(limits: limits) { server in
      let silent = try await TestConnection(port: server.port)
      let half = try await TestConnection(port: server.port)
      await half.send(Hello().bytes.dropLast(7).map { $0 })
      #expect(try await silent.rest().isEmpty)
      #expect(try await half.rest().isEmpty)
      // It has the server's half, and never sends its own. A second can be too short on a busy machine.
      try await wait {
        let mute = try await TestConnection(port: server.port)
        await mute.send(Hello().bytes)
        return try await !mute.rest().isEmpty
      }
      try await wait { (try? await server.answer())?.text == "done" }
    }
  }

  @Test func theTimeOfAHandshakeIsUpToTheMillisecond() throws {
    let channel = EmbeddedChannel()
    let neighbours = LoopConnections(of: channel.eventLoop)
    try TLSHandshake.begin(
      channel,
      TLSCredentials(TestAuthority().issue()),
      neighbours: neighbours,
      timeout: .seconds(10)
    ) { _, _ in Issue.record("there was no handshake") }
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(9999))
    // What comes meanwhile, a byte at a time, makes it no longer.
    for byte in Hello().bytes.prefix(50) { try channel.writeInbound(ByteBuffer(bytes: [byte])) }
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(!channel.isActive)
    #expect(try channel.readOutbound(as: ByteBuffer.self) == nil, "without a word")
  }

  @Test func ofTooManyHandshakesTheOldestIsCut() async throws {
    var limits = HangingEndpoint.patient
    limits.handshakeTimeout = 3600
    limits.maximumHandshakes = 20
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    try await SecureServer.run(limits: limits, group: group) { server in
      let kept = try await server.connect()
      await kept.send(SecureServer.request)
      #expect(try await kept.response()?.text == "done")
      var halfOpen: [TestConnection] = []
      for index in 0..<300 {
        let connection = try await TestConnection(port: server.port)
        if index % 2 == 0 { await connection.send(Hello().bytes) }
        halfOpen.append(connection)
        if index % 50 == 49 {
          #expect(try await server.answer()?.text == "done", "a client who means it gets through")
        }
      }
      for connection in halfOpen.prefix(250) { _ = try await connection.rest() }
      await kept.send(SecureServer.request)
      #expect(try await kept.response()?.text == "done", "what is past its handshake is left alone")
      await kept.close()
      for connection in halfOpen { await connection.close() }
    }
    try await group.shutdownGracefully()
  }

  @Test func whoHasSaidHelloIsNotCutForThoseWhoHaveNot() throws {
    let eventLoop = EmbeddedEventLoop()
    let neighbours = LoopConnections(of: eventLoop, maximumHandshakes: 4)
    let credentials = try TLSCredentials(TestAuthority().issue())
    func connect() throws -> EmbeddedChannel {
      let channel = EmbeddedChannel(loop: eventLoop)
      try TLSHandshake.begin(channel, credentials, neighbours: neighbours, timeout: .hours(1)) { _, _ in }
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      return channel
    }
    let first = try connect()
    try first.writeInbound(ByteBuffer(bytes: Hello().bytes))
    let silent = try (0..<10).map { _ in try connect() }
    #expect(first.isActive)
    #expect(silent.map(\.isActive) == (0..<10).map { $0 >= 8 }, "of the others the oldest are cut")
    // Half of a hello is none.
    try silent[8].writeInbound(ByteBuffer(bytes: Hello().bytes.dropLast()))
    _ = try connect()
    #expect(first.isActive && !silent[8].isActive && silent[9].isActive)

    func sayHello() throws -> EmbeddedChannel {
      let channel = try connect()
      try channel.writeInbound(ByteBuffer(bytes: Hello().bytes))
      return channel
    }
    let second = try sayHello()
    #expect(first.isActive && second.isActive)
    let third = try sayHello()
    #expect(!first.isActive, "of those who have said hello the oldest, too")
    #expect(second.isActive && third.isActive)
  }

  @Test(
    "what is no handshake ends the connection and nothing else",
    arguments: [
      Nonsense("plain HTTP", Array(SecureServer.request.utf8)),
      Nonsense("a name with NUL", Hello(name: Array("local\0host".utf8)).bytes),
      Nonsense("a name of 60,000 bytes", Hello(name: [UInt8](repeating: 0x61, count: 60_000)).bytes),
      Nonsense("a name of 65,530 bytes", Hello(name: [UInt8](repeating: 0x61, count: 65_530)).bytes),
      Nonsense("an extension that is longer than all of them", Hello(extensionsLength: 9).bytes),
      Nonsense("a message that says it has 16 MB", [22, 3, 1, 0, 4, 1, 0xFF, 0xFF, 0xFF]),
      Nonsense(
        "a record that says it has 64 KiB",
        [22, 3, 1, 0xFF, 0xFF] + [UInt8](repeating: 1, count: 65_535)
      ),
      Nonsense("empty records", (0..<200).flatMap { _ in [22, 3, 1, 0, 0] as [UInt8] }),
      Nonsense("alerts", (0..<200).flatMap { _ in [21, 3, 1, 0, 2, 1, 90] as [UInt8] }),
      Nonsense("application data", [23, 3, 3, 0, 3, 1, 2, 3]),
      Nonsense("SSL 2", [0x80, 0x2E, 1, 3, 1, 0, 0x15, 0, 0, 0, 0x10] + [UInt8](repeating: 7, count: 60)),
    ]
  )
  func nonsense(_ nonsense: Nonsense) async throws {
    try await SecureServer.run { server in
      let connection = try await TestConnection(port: server.port)
      await connection.send(nonsense.bytes)
      let answer = try await connection.rest()
      #expect(answer.isEmpty || answer[0] == 21, "at most an alert")
      #expect(try await server.answer()?.text == "done")
    }
  }

  @Test("a name that is somebody else's changes nothing") func anotherName() async throws {
    try await SecureServer.run { server in
      let connection = try await TestConnection(port: server.port)
      await connection.send(Hello(name: Array("elsewhere.example".utf8)).bytes)
      #expect(try await connection.prefix(1) == [22], "its own half of the handshake")
      await connection.close()
    }
  }

  @Test func whoeverWasAcceptedIsAnsweredWhenTheServerStops() async throws {
    try await SecureServer.run(hangs: true) { server in
      let busy = try await server.connect()
      await busy.send(SecureServer.request)
      try await wait { server.endpoint.arrived == 1 }
      let idle = try await server.connect()
      async let stopped: Void = server.http.stop()
      #expect(try await idle.response() == nil, "by now everybody knows")
      server.endpoint.release()
      let answer = try await busy.response()
      #expect(answer?.text == "done")
      #expect(answer?.header("connection") == "close")
      await stopped
    }
  }

  @Test func connectionsAboveTheLimitAreClosed() async throws {
    var limits = HangingEndpoint.patient
    limits.maximumConnections = 1
    try await SecureServer.run(limits: limits, hangs: true) { server in
      let busy = try await server.connect()
      await busy.send(SecureServer.request)
      try await wait { server.endpoint.arrived == 1 }
      #expect(try await server.answer() == nil)
      server.endpoint.release()
      #expect(try await busy.response()?.text == "done")
      await busy.close()
    }
  }

  @Test func theDeadlinesOfHTTPCountInsideTLSToo() async throws {
    var limits = HangingEndpoint.patient
    limits.idleTimeout = 1
    try await SecureServer.run(limits: limits) { server in
      let idle = try await server.connect()
      #expect(try await idle.response() == nil, "without a request it is closed")
    }
    limits = HangingEndpoint.patient
    limits.requestTimeout = 1
    limits.lingerTime = 1
    try await SecureServer.run(limits: limits) { server in
      let slow = try await server.connect()
      await slow.send("POST /hang HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")
      #expect(try await slow.response()?.status == 408)
      #expect(try await slow.response() == nil)
    }
  }
}

/// The first message of a TLS 1.3 client, in as many records as it takes.
struct Hello {
  var name: [UInt8] = Array("localhost".utf8)
  /// How many bytes of extensions it claims more than there are.
  var extensionsLength = 0

  var bytes: [UInt8] {
    let serverName = [0] + sized(name, 2)
    let share = [0, 0x1D] + sized([UInt8](repeating: 9, count: 32), 2)
    let extensions =
      field(0, sized(serverName, 2)) + field(43, sized([3, 4], 1)) + field(10, sized([0, 0x1D], 2))
      + field(13, sized([4, 3, 8, 4], 2)) + field(51, sized(share, 2))
    var size = sized(extensions, 2)
    size[1] += UInt8(extensionsLength)
    let body =
      [3, 3] + [UInt8](repeating: 5, count: 32) + sized([], 1) + sized([0x13, 0x01], 2) + sized([0], 1) + size
    let message = [1] + sized(body, 3)
    return stride(from: 0, to: message.count, by: 16_000).flatMap { start in
      [22, 3, 1] + sized(Array(message[start..<min(start + 16_000, message.count)]), 2)
    }
  }

  private func field(_ type: UInt8, _ content: [UInt8]) -> [UInt8] { [0, type] + sized(content, 2) }

  /// The bytes after their number, in so many bytes; of a number that does not fit, the last ones.
  private func sized(_ bytes: [UInt8], _ width: Int) -> [UInt8] {
    (0..<width).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) } + bytes
  }
}

/// Bytes that are no handshake, which reports show by what they are.
struct Nonsense: CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]

  init(_ description: String, _ bytes: [UInt8]) {
    testDescription = description
    self.bytes = bytes
  }
}
