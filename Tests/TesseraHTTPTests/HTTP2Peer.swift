import NIOCore
import NIOEmbedded
import TesseraCore
import TesseraTestSupport

@testable import TesseraHTTP

/// The client's end of an HTTP/2 connection without a network, by a clock that the test moves.
final class HTTP2Peer {
  private let channel: EmbeddedChannel
  let log: TestLog
  private var receiver = HTTP2Receiver()

  var frames: [HTTP2Receiver.Frame] { receiver.frames }
  var outcomes: [Int: HTTP2Receiver.Outcome] { receiver.outcomes }
  var continues: Int { receiver.continues }
  var lastWord: HTTP2Receiver.Frame? { receiver.lastWord }

  /// A connection to a server with these endpoints, on which the client has begun.
  convenience init(_ endpoints: [any Endpoint], _ limits: HTTPLimits = HTTPLimits(), begins: Bool = true)
    throws
  {
    let table = EndpointTable(Dictionary(uniqueKeysWithValues: endpoints.map { ($0.path, $0) }))
    try self.init(table: table, limits, begins: begins)
  }

  init(table: EndpointTable, _ limits: HTTPLimits, begins: Bool = true) throws {
    channel = EmbeddedChannel()
    log = TestLog()
    try HTTP2Connection.serve(
      channel,
      ConnectionContext(
        table: table,
        limits: limits,
        exchanges: ExchangeHandler(
          proxies: .none,
          warning: PacedWarning(log.logger)
        ),
        clock: TestClocks().wall,
        transport: .tls(peerCertificate: nil)
      ),
      neighbours: LoopConnections(of: channel.eventLoop, log: log)
    )
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    if begins {
      try send(HTTP2Bytes.preface + HTTP2Bytes.frame(.settings, flags: HTTP2Bytes.acknowledgement))
    }
  }

  /// Sends bytes, and takes what the server says to them.
  func send(_ bytes: [UInt8]) throws {
    if isOpen { try channel.writeInbound(ByteBuffer(bytes: bytes)) }
    try take()
  }

  /// Whether the server has not closed the connection.
  var isOpen: Bool { channel.isActive }

  /// Whether the network takes what the server sends.
  func setWritable(_ isWritable: Bool) throws {
    channel.isWritable = isWritable
    channel.pipeline.fireChannelWritabilityChanged()
    try take()
  }

  /// Tells the server's end of it what else happened.
  func trigger(_ event: any Sendable) throws {
    channel.pipeline.fireUserInboundEventTriggered(event)
    try take()
  }

  func pass(_ time: TimeAmount) throws {
    channel.embeddedEventLoop.advanceTime(by: time)
    try take()
  }

  /// Asks, and gives the outcome; nil when there is none yet.
  func ask(
    _ method: String,
    _ path: String,
    _ fields: [(String, String)] = [],
    body: [UInt8]? = nil,
    on stream: Int = 1
  ) throws -> HTTP2Receiver.Outcome? {
    try send(HTTP2Bytes.request(method, path, fields, body: body, on: stream))
    return outcomes[stream]
  }

  /// Takes all that the server has sent.
  func take() throws {
    channel.embeddedEventLoop.run()
    while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
      try receiver.take(bytes.readableBytesView)
    }
  }
}
