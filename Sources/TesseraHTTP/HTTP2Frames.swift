import NIOCore
import NIOHPACK
import NIOHTTP2

/// The frames of a connection, behind NIO's handler, which makes them of bytes and bytes of them.
///
/// What NIO says of them is kept until the connection takes it.
final class HTTP2Frames: ChannelInboundHandler, NIOHTTP2FrameDelegate {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  enum Event {
    case headers(HTTP2StreamID, HPACKHeaders, isLast: Bool)
    case data(HTTP2StreamID, ByteBuffer, isLast: Bool)
    /// All of an answer is on its way.
    case answerSent(HTTP2StreamID)
    case streamClosed(HTTP2StreamID)
    case pingAnswered(HTTP2PingData)
    /// The peer begins no more streams.
    case peerLeaves
  }

  private var context: ChannelHandlerContext?
  private var events = CircularBuffer<Event>(initialCapacity: 4)
  /// How many bytes of bodies the peer may send; nil when that has not changed.
  private var inboundWindow: Int?
  /// Whether the peer was told that the connection ends by its fault.
  private(set) var isBroken = false
  /// Whether something is written that is not sent.
  var isUnflushed = false

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  // MARK: What comes

  /// What happened next.
  func next() -> Event? { events.popFirst() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    switch frame.payload {
    case .headers(let payload):
      events.append(.headers(frame.streamID, payload.headers, isLast: payload.endStream))
    case .data(let payload):
      guard case .byteBuffer(let bytes) = payload.data else { return }
      events.append(.data(frame.streamID, bytes, isLast: payload.endStream))
    case .ping(let data, ack: true): events.append(.pingAnswered(data))
    case .goAway: events.append(.peerLeaves)
    // NIO acts upon them.
    case .priority, .rstStream, .settings, .pushPromise, .ping, .windowUpdate, .alternativeService, .origin:
      break
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let event as StreamClosedEvent: events.append(.streamClosed(event.streamID))
    case let event as NIOHTTP2WindowUpdatedEvent where event.streamID == .rootStream:
      inboundWindow = event.inboundWindowSize
    default: break
    }
  }

  /// NIO has told the peer what is wrong, by a reset of the stream or by the last word about the connection, unless that
  /// was said before.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if error is NIOHTTP2Errors.RaisedGoawayLastStreamID { isBroken = true }
  }

  // MARK: What goes

  /// A frame has left NIO's buffers.
  func wroteFrame(_ frame: HTTP2Frame) {
    switch frame.payload {
    case .goAway(_, let code, _): isBroken = isBroken || code != .noError
    case .headers(let payload) where payload.endStream: events.append(.answerSent(frame.streamID))
    case .data(let payload) where payload.endStream: events.append(.answerSent(frame.streamID))
    default: break
    }
  }

  func send(_ fields: HPACKHeaders, _ body: [UInt8], on stream: HTTP2StreamID) {
    send(.headers(.init(headers: fields, endStream: body.isEmpty)), on: stream)
    if !body.isEmpty {
      send(.data(.init(data: .byteBuffer(ByteBuffer(bytes: body)), endStream: true)), on: stream)
    }
  }

  /// Tells a client to send the body.
  func sendContinue(on stream: HTTP2StreamID) {
    send(.headers(.init(headers: [":status": "100"])), on: stream)
  }

  func reset(_ stream: HTTP2StreamID, _ code: HTTP2ErrorCode) {
    send(.rstStream(code), on: stream)
  }

  func ping(_ data: HTTP2PingData) {
    send(.ping(data, ack: false), on: .rootStream)
  }

  /// Says which stream is the last (RFC 9113 §6.8).
  func goAway(last: HTTP2StreamID, _ code: HTTP2ErrorCode = .noError) {
    send(.goAway(lastStreamID: last, errorCode: code, opaqueData: nil), on: .rootStream)
  }

  /// Lets the peer send as many bytes of bodies again as were taken.
  func openWindow() {
    guard let window = inboundWindow, window < HTTP2Limits.window / 2 else { return }
    inboundWindow = nil
    send(.windowUpdate(windowSizeIncrement: HTTP2Limits.window - window), on: .rootStream)
  }

  private func send(_ payload: HTTP2Frame.FramePayload, on stream: HTTP2StreamID) {
    isUnflushed = true
    context?.write(wrapOutboundOut(HTTP2Frame(streamID: stream, payload: payload)), promise: nil)
  }
}
