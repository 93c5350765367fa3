import NIOCore
import NIOEmbedded
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// When time is up on a connection, to the millisecond, by a clock that the test moves.
@Suite struct DeadlineTests {
  private static let request = "GET /hang HTTP/1.1\r\nHost: a\r\n\r\n"

  /// A connection whose requests are answered at once.
  private static func connect() throws -> EmbeddedChannel {
    let endpoint = HangingEndpoint()
    endpoint.release()
    let logger = TestLog().logger
    let channel = EmbeddedChannel()
    let connection = ConnectionHandler(
      ConnectionContext(
        table: EndpointTable([endpoint.path: endpoint]),
        limits: HTTPLimits(),
        proxies: .none,
        log: LoggerRequestLog(logger),
        warning: PacedWarning(logger),
        clock: TestClocks().wall
      ),
      neighbours: LoopConnections(eventLoop: channel.eventLoop, oldestIdle: LoopConnections.OldestIdle())
    )
    try channel.pipeline.syncOperations.addHandlers(
      RequestParser(connection, limits: HTTPLimits()),
      connection
    )
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  /// The status of the answer that was written; nil when there is none.
  private static func status(_ channel: EmbeddedChannel) throws -> Substring? {
    try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0).dropFirst(9).prefix(3) }
  }

  @Test func aConnectionWithoutARequestIsClosedAfterAMinute() throws {
    let channel = try DeadlineTests.connect()
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(59_999))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(!channel.isActive)
    #expect(try DeadlineTests.status(channel) == nil)
  }

  @Test func theMinuteBeginsAnewWithEachAnswer() throws {
    let channel = try DeadlineTests.connect()
    for _ in 0..<3 {
      channel.embeddedEventLoop.advanceTime(by: .milliseconds(59_999))
      try channel.writeInbound(ByteBuffer(string: DeadlineTests.request))
      #expect(try DeadlineTests.status(channel) == "200")
    }
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(59_999))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(!channel.isActive)
  }

  @Test("A request may take ten seconds from its first byte", arguments: ["", request])
  func cutsARequestThatIsNotWhole(before: String) throws {
    let channel = try DeadlineTests.connect()
    try channel.writeInbound(ByteBuffer(string: before + "GET /ha"))
    if !before.isEmpty { #expect(try DeadlineTests.status(channel) == "200") }
    // More of it moves nothing.
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(9_000))
    try channel.writeInbound(ByteBuffer(string: "ng HTTP/1.1\r\n"))
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
    #expect(try DeadlineTests.status(channel) == nil)
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(try DeadlineTests.status(channel) == "408")
  }

  @Test func aRequestThatIsWholeInTimeIsAnswered() throws {
    let channel = try DeadlineTests.connect()
    let bytes = ByteBuffer(string: DeadlineTests.request)
    try channel.writeInbound(bytes.getSlice(at: 0, length: 9))
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(9_999))
    try channel.writeInbound(bytes.getSlice(at: 9, length: bytes.readableBytes - 9))
    #expect(try DeadlineTests.status(channel) == "200")
    #expect(channel.isActive)
  }
}
