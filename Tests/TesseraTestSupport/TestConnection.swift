import NIOCore
import NIOPosix
import NIOSSL

/// A raw TCP connection to a server under test: what a test sends is what goes out, byte for byte.
package actor TestConnection {
  private let channel: any Channel
  private var chunks: AsyncThrowingStream<ByteBuffer, any Error>.Iterator
  private var received: [UInt8] = []

  /// Connects to a port of this machine.
  ///
  /// With `isReading` false it takes nothing from the network before `startReading`. With `tls` what is sent goes through
  /// TLS, and a handshake that fails ends the connection; `preamble` goes out before it.
  package init(
    port: Int,
    host: String = "127.0.0.1",
    isReading: Bool = true,
    tls: TestTLS? = nil,
    preamble: [UInt8] = []
  ) async throws {
    let (stream, continuation) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(.minutes(10))
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.autoRead, value: isReading)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            let handler = try NIOSSLClientHandler(context: tls.context, serverHostname: "localhost")
            try channel.pipeline.syncOperations.addHandler(handler)
          }
          try channel.pipeline.syncOperations.addHandler(ChunkReader(continuation))
          if !preamble.isEmpty {
            try channel.pipeline.syncOperations.addHandler(Preamble(preamble), position: .first)
          }
        }
      }
      .connect(host: host, port: port).get()
    chunks = stream.makeAsyncIterator()
  }

  /// A server that stops waits for its peers; a test that is done with a connection has not to say so.
  deinit {
    channel.close(promise: nil)
  }

  /// Takes nothing more from the network before `startReading`.
  package func stopReading() async throws {
    try await channel.setOption(.autoRead, value: false).get()
  }

  /// Begins to take what the server sends.
  package func startReading() async throws {
    try await channel.setOption(.autoRead, value: true).get()
  }

  /// Sends bytes.
  ///
  /// Does not fail when the server has closed the connection, because what it answered before is what a test
  /// wants to see.
  package func send(_ bytes: [UInt8]) async {
    try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  /// Sends a text as UTF-8.
  package func send(_ text: String) async {
    await send(Array(text.utf8))
  }

  /// Closes our half of the connection.
  package func closeOutput() async {
    try? await channel.close(mode: .output).get()
  }

  /// Closes the connection.
  package func close() async {
    try? await channel.close().get()
  }

  /// The next response; nil when the server closed the connection instead.
  ///
  /// Interim responses (1xx) count.
  package func response(toHEAD: Bool = false) async throws -> TestResponse? {
    while true {
      if let (response, length) = TestResponse.parse(received, toHEAD: toHEAD) {
        received.removeFirst(length)
        return response
      }
      guard try await receiveMore() else { return nil }
    }
  }

  /// Waits until the server closes the connection, and returns what it sent before.
  package func rest() async throws -> [UInt8] {
    while try await receiveMore() {}
    return received
  }

  /// What the server has sent since, or sends next; nil when it closes the connection instead.
  package func bytes() async throws -> [UInt8]? {
    if received.isEmpty, try await !receiveMore() { return nil }
    defer { received = [] }
    return received
  }

  /// The first bytes that the server sends, without taking them; fewer when it closes the connection.
  package func prefix(_ count: Int) async throws -> [UInt8] {
    while received.count < count, try await receiveMore() {}
    return Array(received.prefix(count))
  }

  private func receiveMore() async throws -> Bool {
    var chunks = self.chunks
    guard let chunk = try await chunks.next(isolation: self) else { return false }
    self.chunks = chunks
    received += chunk.readableBytesView
    return true
  }
}

/// Says something before the handshake does.
private final class Preamble: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    context.fireChannelActive()
  }
}

private final class ChunkReader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let continuation: AsyncThrowingStream<ByteBuffer, any Error>.Continuation

  init(_ continuation: AsyncThrowingStream<ByteBuffer, any Error>.Continuation) {
    self.continuation = continuation
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    continuation.yield(unwrapInboundIn(data))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event { continuation.finish() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    continuation.finish()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A reset after the answer is the end of the answer.
    continuation.finish()
    context.close(promise: nil)
  }
}
