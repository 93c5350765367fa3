import NIOCore
import NIOHTTP1
import TesseraCore

/// Turns bytes into the parts of requests, no faster than the requests are answered.
///
/// NIO's handler for decoders parses whatever one read brings, and a kilobyte of small requests is dozens of
/// kilobytes of parsed ones. Here what the connection cannot take yet stays bytes.
final class RequestParser: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = HTTPServerRequestPart

  /// So often an incomplete request is looked at before the decoder takes over, which remembers where it was: a
  /// peer that sends byte by byte must not have all of it read again each time.
  private static let maximumLooks = 8

  private let connection: ConnectionHandler
  private let ordinary: OrdinaryRequest
  private let decoder: HTTPRequestDecoder
  private let maximumBytesAhead: Int
  private var steps: RequestSteps
  private var context: ChannelHandlerContext?
  /// Bytes that the decoder has not consumed; of them it knows the first `seen`.
  private var received = ByteBuffer()
  private var seen = 0
  private var isInputClosed = false
  /// Whether the decoder has had no part in this connection yet.
  private var isOrdinary = true
  private var looks = 0
  /// Nothing is parsed any more; whatever still comes is thrown away.
  private var isDone = false
  private var discarded = 0

  init(_ connection: ConnectionHandler, limits: HTTPLimits) {
    self.connection = connection
    ordinary = OrdinaryRequest(table: connection.shared.table, limits: limits)
    var decoderLimits = NIOHTTPDecoderLimitConfiguration()
    decoderLimits.maxHeaderFieldSize = limits.maximumFieldSize
    decoderLimits.maxHeaderListSize = limits.maximumHeaderSize
    decoderLimits.maxHeaderFieldCount = limits.maximumHeaderCount
    decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoderLimits)
    steps = RequestSteps(limits: limits, isDirect: connection.shared.proxies.isNone)
    maximumBytesAhead = 64 * limits.maximumBodySize
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    connection.parser = self
    decoder.decoderAdded(context: context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    decoder.decoderRemoved(context: context)
    connection.parser = nil
    self.context = nil
  }

  // MARK: What arrives

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    guard !isDone else {
      discarded += bytes.readableBytes
      if discarded > maximumBytesAhead { context.close(promise: nil) }
      return
    }
    if received.readableBytes == 0 {
      received = bytes
    } else {
      received.discardReadBytes()
      received.writeBuffer(&bytes)
    }
    connection.goOn()
    // Reads are held back meanwhile, but at the end of its input NIO reads all that the system has of it.
    if received.readableBytes > maximumBytesAhead { context.close(promise: nil) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case ChannelEvent.inputClosed = event else {
      context.fireUserInboundEventTriggered(event)
      return
    }
    connection.isInputClosed = true
    // Its turn comes after the bytes before it.
    isInputClosed = true
    connection.goOn()
  }

  // MARK: What is parsed

  /// Whether part of a request is here of which the connection has not heard.
  ///
  /// Of less than a method and a space the decoder keeps nothing, so that does not count.
  var hasBegunRequest: Bool { received.readableBytes > 0 }

  /// Whether there is anything to parse.
  var hasMore: Bool { !isDone && (received.readableBytes > seen || isInputClosed) }

  /// Parses the next bytes, or the end of the input when there are none.
  func parseMore() {
    guard let context, hasMore else { return }
    if isOrdinary, received.readableBytes > 0, takeOrdinaryRequest(context) { return }
    guard received.readableBytes > seen else {
      parseEnd(context)
      return
    }
    connection.bytesArrived()
    let next = received.withUnsafeReadableBytes { bytes in
      Result { () throws(MessageProblem) in
        try steps.next(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(seen)))
      }
    }
    let count: Int
    switch next {
    case .success(let found): count = found
    case .failure(let problem):
      refuse(problem, context)
      return
    }
    guard var piece = received.getSlice(at: received.readerIndex, length: seen + count) else { return }
    do {
      _ = try decoder.decode(context: context, buffer: &piece)
    } catch {
      refuse(steps.problem(error), context)
      return
    }
    // The connection may have had enough in the middle of it.
    guard !isDone else { return }
    received.moveReaderIndex(forwardBy: seen + count - piece.readableBytes)
    seen = piece.readableBytes
    if received.readableBytes == 0 { received = ByteBuffer() }
  }

  /// What the decoder makes of it.
  func follow(_ part: HTTPServerRequestPart) {
    switch part {
    case .head(let head): steps.begin(MessageFraming(head.headers))
    case .body: break
    case .end: steps.end()
    }
  }

  private func refuse(_ problem: MessageProblem, _ context: ChannelHandlerContext) {
    stop()
    context.fireErrorCaught(RefusedMessage(problem: problem, line: steps.line))
  }

  /// Takes the next request if it is an ordinary one, or waits for the rest of it; false when it is the decoder's.
  ///
  /// Once the decoder has had a part in a connection it keeps it: only it knows what it has read.
  private func takeOrdinaryRequest(_ context: ChannelHandlerContext) -> Bool {
    guard !isInputClosed || received.readableBytes > seen else { return false }
    switch received.withUnsafeReadableBytes(ordinary.find) {
    case .request(let request, let length):
      received.moveReaderIndex(forwardBy: length)
      seen = 0
      looks = 0
      if received.readableBytes == 0 { received = ByteBuffer() }
      connection.arrived(.request(request), context)
      return true
    case .incomplete:
      looks += 1
      connection.bytesArrived()
      guard looks < RequestParser.maximumLooks, !isInputClosed else { break }
      seen = received.readableBytes
      return true
    case .other: break
    }
    isOrdinary = false
    seen = 0
    return false
  }

  private func parseEnd(_ context: ChannelHandlerContext) {
    var rest = received
    stop()
    do {
      _ = try decoder.decodeLast(context: context, buffer: &rest, seenEOF: true)
    } catch {
      refuse(.malformed, context)
    }
    context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
  }

  /// Parses nothing more.
  func stop() {
    isDone = true
    received = ByteBuffer()
    seen = 0
  }
}
