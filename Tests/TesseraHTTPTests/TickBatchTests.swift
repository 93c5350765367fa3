import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// What an event loop does together: in which order, and what becomes of a connection that is gone by then.
@Suite struct TickBatchTests {
  /// What happened, in the order in which it did.
  private final class Course: Sendable {
    private let all = Mutex<[String]>([])

    var events: [String] { all.withLock { $0 } }

    func add(_ event: String) { all.withLock { $0.append(event) } }
  }

  /// An endpoint that says when it was asked, and for whom.
  private struct Witness: Endpoint {
    let path = "/witness"
    let course: Course
    var size = 4

    func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
      course.add("asked \(exchange.request.query ?? "")")
      return EndpointResponse(status: 200, headers: [:], body: [UInt8](repeating: 0x61, count: size))
    }

    func response(for error: OAuthError) -> EndpointResponse { ContractDialect().response(for: error) }
  }

  /// A log that says when it was told.
  private struct Log: RequestLog {
    let course: Course

    func writer() -> any RequestLogWriter { Writer(course) }

    private final class Writer: RequestLogWriter {
      private let course: Course

      init(_ course: Course) { self.course = course }

      func record(_ record: RequestRecord) { course.add("line \(record.status)") }

      func flush() { course.add("lines handed over") }
    }
  }

  /// Stands where the network does, and says what is sent.
  private final class Sent: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let name: String
    private let course: Course

    init(_ name: String, _ course: Course) {
      self.name = name
      self.course = course
    }

    func flush(context: ChannelHandlerContext) {
      course.add("sent \(name)")
      context.flush()
    }
  }

  /// Connections of one event loop.
  private struct Neighbourhood {
    let course = Course()
    let eventLoop = EmbeddedEventLoop()
    let neighbours: LoopConnections
    private let shared: ConnectionContext

    init(size: Int = 4) {
      neighbours = LoopConnections(of: eventLoop, requestLog: Log(course: course))
      let witness = Witness(course: course, size: size)
      shared = ConnectionContext(
        table: EndpointTable([witness.path: witness]),
        limits: HTTPLimits(),
        exchanges: ExchangeHandler(proxies: .none, warning: PacedWarning(TestLog().logger)),
        clock: TestClocks().wall
      )
    }

    func connect(_ name: String) throws -> EmbeddedChannel {
      let channel = EmbeddedChannel(loop: eventLoop)
      try channel.pipeline.syncOperations.addHandler(Sent(name, course))
      try ConnectionHandler.serve(channel, shared, neighbours: neighbours)
      channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
      return channel
    }
  }

  private static func request(_ name: String, _ fields: String = "") -> ByteBuffer {
    ByteBuffer(string: "GET /witness?\(name) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
  }

  private static func statuses(_ channel: EmbeddedChannel) throws -> [String] {
    var text = ""
    while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
    return text.matches(of: /HTTP\/1.1 ([0-9]{3})/).map { String($0.1) }
  }

  @Test func whatIsAnsweredInOneTickIsSentTogetherAndThenLogged() throws {
    let place = Neighbourhood()
    let channels = try ["a", "b", "c"].map { ($0, try place.connect($0)) }
    for (name, channel) in channels { try channel.writeInbound(TickBatchTests.request(name)) }
    #expect(place.course.events == ["asked a", "sent a", "asked b", "asked c"], "the first may be alone")
    place.eventLoop.run()
    let lines = ["line 200", "line 200", "line 200", "lines handed over"]
    #expect(Array(place.course.events.dropFirst(4)) == ["sent b", "sent c"] + lines)

    for (name, channel) in channels { try channel.writeInbound(TickBatchTests.request(name)) }
    place.eventLoop.run()
    #expect(
      Array(place.course.events.dropFirst(10))
        == ["asked a", "asked b", "asked c", "sent a", "sent b", "sent c"] + lines
    )
    for (_, channel) in channels { #expect(try TickBatchTests.statuses(channel) == ["200", "200"]) }
  }

  @Test func whoIsAloneWaitsForNobody() throws {
    let place = Neighbourhood()
    let channel = try place.connect("a")
    for _ in 0..<2 {
      try channel.writeInbound(TickBatchTests.request("a"))
      #expect(try TickBatchTests.statuses(channel) == ["200"])
      #expect(place.course.events.suffix(2) == ["asked a", "sent a"])
      place.eventLoop.run()
      #expect(place.course.events.suffix(2) == ["line 200", "lines handed over"])
    }
  }

  @Test func aConnectionThatIsGoneBeforeItsAnswerIsSentHoldsUpNobody() throws {
    let place = Neighbourhood()
    let (first, gone, last) = (try place.connect("a"), try place.connect("b"), try place.connect("c"))
    for (name, channel) in [("a", first), ("b", gone), ("c", last)] {
      try channel.writeInbound(TickBatchTests.request(name))
    }
    gone.pipeline.fireChannelInactive()
    place.eventLoop.run()
    #expect(try TickBatchTests.statuses(gone) == [])
    #expect(try TickBatchTests.statuses(first) == ["200"])
    #expect(try TickBatchTests.statuses(last) == ["200"])
    #expect(
      place.course.events == [
        "asked a", "sent a", "asked b", "asked c", "sent c", "line 200", "line 200", "line 200",
        "lines handed over",
      ]
    )
  }

  @Test func anAnswerThatEndsItsConnectionIsSentBeforeTheEnd() throws {
    let place = Neighbourhood()
    let (first, last) = (try place.connect("a"), try place.connect("b"))
    try first.writeInbound(TickBatchTests.request("a", "Connection: close\r\n"))
    try last.writeInbound(TickBatchTests.request("b"))
    place.eventLoop.run()
    #expect(try TickBatchTests.statuses(first) == ["200"])
    #expect(try TickBatchTests.statuses(last) == ["200"])
    #expect(place.course.events.suffix(3) == ["line 200", "line 200", "lines handed over"])
  }

  @Test func aConnectionThatMakesRoomHasItsAnswer() throws {
    let place = Neighbourhood()
    let (other, channel) = (try place.connect("a"), try place.connect("b"))
    try other.writeInbound(TickBatchTests.request("a"))
    try channel.writeInbound(TickBatchTests.request("b"))
    #expect(try TickBatchTests.statuses(channel) == [])
    #expect(place.neighbours.closeOldestIdle())
    #expect(place.neighbours.closeOldestIdle())
    #expect(try TickBatchTests.statuses(channel) == ["200"])
    #expect(!channel.isActive)
    place.eventLoop.run()
    #expect(place.course.events.suffix(3) == ["line 200", "line 200", "lines handed over"])
  }

  @Test func theFirstOfManyAreNotKeptWaitingByTheLast() throws {
    let place = Neighbourhood()
    let names = (0...TickBatch.size + 1).map { "\($0)" }
    for name in names { try place.connect(name).writeInbound(TickBatchTests.request(name)) }
    place.eventLoop.run()
    let events = place.course.events
    let sent = try #require(events.firstIndex(of: "sent 1"))
    let line = try #require(events.firstIndex(of: "line 200"))
    let asked = try #require(events.firstIndex(of: "asked \(TickBatch.size + 1)"))
    #expect(sent < line && line < asked)
    #expect(events.count { $0 == "line 200" } == names.count)
  }

  /// What waits to be written is bounded, whatever was sent ahead.
  @Test func answersThatAreManyDoNotWaitForTheEndOfTheTick() throws {
    let size = ConnectionState.outputSize / 4
    let place = Neighbourhood(size: size)
    let channel = try place.connect("a")
    var ahead = ByteBuffer()
    for number in 0..<6 { ahead.writeImmutableBuffer(TickBatchTests.request("\(number)")) }
    try channel.writeInbound(ahead)
    // A turn may end before the last of them.
    while place.course.events.count(where: { $0.hasPrefix("asked") }) < 6 {
      place.eventLoop.advanceTime(by: .milliseconds(1))
    }
    place.eventLoop.run()
    var pieces: [Int] = []
    while let bytes = try channel.readOutbound(as: ByteBuffer.self) { pieces.append(bytes.readableBytes) }
    #expect(pieces.count >= 2)
    #expect(pieces.allSatisfy { $0 < ConnectionState.outputSize + 2 * size })
  }

  @Test func noLineIsLostWhenTheServerStops() async throws {
    let course = Course()
    let witness = Witness(course: course)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let server = try await HTTPServer.start(
      [HTTPListener(host: "127.0.0.1", port: 0)],
      routes: { _ in [witness.path: witness] },
      limits: HangingEndpoint.patient,
      group: group,
      logger: TestLog().logger,
      requestLog: Log(course: course)
    )
    var connections: [TestConnection] = []
    for number in 0..<8 {
      let connection = try await TestConnection(port: server.ports[0])
      await connection.send("GET /witness?\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
      connections.append(connection)
    }
    for connection in connections { #expect(try await connection.response()?.status == 200) }
    await server.stop()
    let events = course.events
    #expect(events.count { $0 == "line 200" } == 8)
    #expect(events.last == "lines handed over")
    for connection in connections { await connection.close() }
    try await group.shutdownGracefully()
  }
}
