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
  private static func connect(_ dialect: any Dialect = ContractDialect()) throws -> EmbeddedChannel {
    let endpoint = HangingEndpoint(dialect: dialect)
    endpoint.release()
    let log = TestLog()
    let channel = EmbeddedChannel()
    try ConnectionHandler.serve(
      channel,
      ConnectionContext(
        table: EndpointTable([endpoint.path: endpoint]),
        limits: HTTPLimits(),
        exchanges: ExchangeHandler(
          proxies: .none,
          warning: PacedWarning(log.logger)
        ),
        clock: TestClocks().wall
      ),
      neighbours: LoopConnections(of: channel.eventLoop, log: log)
    )
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  /// The answer that was written; nil when there is none.
  private static func answer(_ channel: EmbeddedChannel) throws -> String? {
    channel.embeddedEventLoop.run()
    return try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
  }

  /// Its status.
  private static func status(_ channel: EmbeddedChannel) throws -> Substring? {
    try answer(channel)?.dropFirst(9).prefix(3)
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

  private static let contractRefusal =
    #"{"statusCode":408,"status":408,"code":408,"message":"Invalid request: Request took too long","name":"invalid_request"}"#
  private static let rfc6749Refusal =
    #"{"error":"invalid_request","error_description":"Request took too long"}"#

  @Test(
    "A request that is late is refused in the dialect of the endpoint that its first line names",
    arguments: [
      "GET /hang HTTP/1.1\r\n", "GET /hang?a=b HTTP/1.1\r\nHost: a\r\n", "GET http://a/hang HTTP/1.1\r\n",
      "GET /hang HTTP/1.1\r\nX: a\tb\r\nHo", request + "POST /hang HTTP/1.1\r\n",
      "POST /hang HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na",
      "POST /hang HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na",
    ]
  )
  func refusesInTheDialectOfTheEndpoint(bytes: String) throws {
    let dialects: [(any Dialect, String)] = [
      (ContractDialect(), DeadlineTests.contractRefusal),
      (RFC6749Dialect(errors: RFC6749Errors(documentation: nil)), DeadlineTests.rfc6749Refusal),
    ]
    for (dialect, refusal) in dialects {
      let channel = try DeadlineTests.connect(dialect)
      try channel.writeInbound(ByteBuffer(string: bytes))
      if bytes.hasPrefix(DeadlineTests.request) { #expect(try DeadlineTests.status(channel) == "200") }
      channel.embeddedEventLoop.advanceTime(by: .seconds(10))
      let answer = try #require(try DeadlineTests.answer(channel))
      #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
      #expect(answer.hasSuffix("\r\nConnection: close\r\n\r\n" + refusal))
    }
  }

  @Test(
    "A request that is late is refused as the contract says where its first line names no endpoint",
    arguments: ["G", "GET /hang HTTP/1.1", "GET /hang HTTP/1.1\r", "GET /elsewhere HTTP/1.1\r\nHost: a\r\n"]
  )
  func refusesInTheDialectOfTheContract(bytes: String) throws {
    let channel = try DeadlineTests.connect(RFC6749Dialect(errors: RFC6749Errors(documentation: nil)))
    try channel.writeInbound(ByteBuffer(string: bytes))
    channel.embeddedEventLoop.advanceTime(by: .seconds(10))
    #expect(
      try #require(try DeadlineTests.answer(channel)).hasSuffix("\r\n\r\n" + DeadlineTests.contractRefusal)
    )
  }

  @Test func theRefusalOfAHEADThatIsLateHasNoBody() throws {
    let channel = try DeadlineTests.connect()
    try channel.writeInbound(ByteBuffer(string: "HEAD /hang HTTP/1.1\r\n"))
    channel.embeddedEventLoop.advanceTime(by: .seconds(10))
    #expect(try #require(try DeadlineTests.answer(channel)).hasSuffix("\r\nConnection: close\r\n\r\n"))
  }
}
