import NIOCore
import NIOHTTP1
import TesseraCore

/// What all connections of a listener share.
struct ConnectionContext: Sendable {
  let table: EndpointTable
  let limits: HTTPLimits
  let proxies: TrustedProxies
  let log: RequestLog
  let clock: WallClock
}

/// One connection: takes requests in order, answers each on the event loop when memory has the answer, and
/// holds the rest back until the store has it when not.
///
/// Requests sent ahead (pipelining) wait their turn.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Phase {
    /// Between requests.
    case idle
    /// A request has begun to arrive.
    case receiving
    /// A request is with the store.
    case awaiting(RequestCollector.Request, SourceAddress)
    /// The last answer is written; whatever still comes is thrown away until the peer has read it.
    case lingering
  }

  /// After the last answer the peer gets this long to read it before the connection is cut.
  private static let lingerTime = TimeAmount.seconds(2)

  let shared: ConnectionContext
  private var collector: RequestCollector
  private var writer: ResponseWriter
  var timer = ConnectionTimer()
  var phase = Phase.idle
  private var waiting = CircularBuffer<HTTPServerRequestPart>()
  private var started = NIODeadline.uptimeNanoseconds(0)
  var peer = SourceAddress.unknown
  private var isStopping = false
  private var isReadHeldBack = false
  private var discarded = 0
  private var ownContext: ChannelHandlerContext?

  init(_ shared: ConnectionContext) {
    self.shared = shared
    collector = RequestCollector(table: shared.table, maximumBodySize: shared.limits.maximumBodySize)
    writer = ResponseWriter(clock: shared.clock)
  }

  // MARK: The life of the connection

  func handlerAdded(context: ChannelHandlerContext) {
    ownContext = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    ownContext = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    peer = context.remoteAddress.flatMap(SourceAddress.init(socketAddress:)) ?? .unknown
    setTimer(.seconds(Int64(shared.limits.idleTimeout)), context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer.cancel()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      isStopping = true
      if case .idle = phase { context.close(promise: nil) }
    case ChannelEvent.inputClosed:
      switch phase {
      // Whoever asks and then shuts down its half still gets the answer.
      case .awaiting: isStopping = true
      default: context.close(promise: nil)
      }
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  /// While a request waits for the store nothing more is read, so that a peer cannot fill our memory.
  func read(context: ChannelHandlerContext) {
    if case .awaiting = phase {
      isReadHeldBack = true
    } else {
      context.read()
    }
  }

  // MARK: Requests

  /// The first byte of a request starts its deadline.
  ///
  /// Returns whether anybody still wants the bytes.
  func bytesArrived(_ count: Int) -> Bool {
    guard let context = ownContext else { return false }
    switch phase {
    case .idle:
      phase = .receiving
      started = .now()
      setTimer(.seconds(Int64(shared.limits.requestTimeout)), context)
      return true
    case .receiving, .awaiting: return true
    case .lingering:
      discarded += count
      if discarded > 64 * shared.limits.maximumBodySize { context.close(promise: nil) }
      return false
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if case .awaiting = phase {
      waiting.append(part)
    } else {
      receive(part, context)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.flush()
    context.fireChannelReadComplete()
  }

  private func receive(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    if case .lingering = phase { return }
    if case .idle = phase {
      // A request sent ahead, of which the bytes came with the one before.
      phase = .receiving
      started = .now()
      setTimer(.seconds(Int64(shared.limits.requestTimeout)), context)
    }
    switch collector.receive(part) {
    case .wait: break
    case .sendContinue:
      context.writeAndFlush(
        wrapOutboundOut(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")),
        promise: nil
      )
    case .answer(let request): answer(request, context)
    case .refuse(let error, let endpoint, let head):
      finish(endpoint.response(for: error), endpoint, head, source: peer, closing: true, context)
    }
  }

  private func answer(_ request: RequestCollector.Request, _ context: ChannelHandlerContext) {
    let headers = HeaderFields(request.head.headers.lazy.map { ($0.name, $0.value) })
    let source: SourceAddress
    do throws(OAuthError) {
      source = try shared.proxies.source(peer: peer, headers: headers)
    } catch {
      finish(request.endpoint.response(for: error), request, source: peer, context)
      return
    }
    let answer = request.endpoint.answer(
      EndpointRequest(
        method: request.head.method.rawValue,
        query: EndpointTable.query(of: request.head.uri),
        headers: headers,
        body: request.body,
        source: source,
        peer: peer
      )
    )
    switch answer {
    case .now(let response): finish(response, request, source: source, context)
    case .later(let work):
      phase = .awaiting(request, source)
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      let eventLoop = context.eventLoop
      Task {
        let response = await work()
        eventLoop.execute {
          let (handler, context) = bound.value
          handler.resume(with: response, context)
        }
      }
    }
  }

  /// The store has answered.
  ///
  /// When the deadline was faster the answer comes too late for anybody.
  private func resume(with response: EndpointResponse, _ context: ChannelHandlerContext) {
    guard case .awaiting(let request, let source) = phase else { return }
    finish(response, request, source: source, context)
    while let part = waiting.popFirst() {
      receive(part, context)
      if case .awaiting = phase { break }
    }
    context.flush()
    if isReadHeldBack {
      isReadHeldBack = false
      read(context: context)
    }
  }

  // MARK: Answers

  func finish(
    _ response: EndpointResponse,
    _ request: RequestCollector.Request,
    source: SourceAddress,
    closing: Bool = false,
    _ context: ChannelHandlerContext
  ) {
    finish(response, request.endpoint, request.head, source: source, closing: closing, context)
  }

  func finish(
    _ response: EndpointResponse,
    _ endpoint: any Endpoint,
    _ head: HTTPRequestHead?,
    source: SourceAddress,
    closing: Bool,
    _ context: ChannelHandlerContext
  ) {
    let closing = closing || isStopping || !(head?.isKeepAlive ?? false)
    var buffer = context.channel.allocator.buffer(capacity: 512 + response.body.count)
    writer.write(
      response,
      to: &buffer,
      closing: closing,
      isHEAD: head?.method == .HEAD,
      isHTTP10: head?.version == .http1_0
    )
    context.write(wrapOutboundOut(buffer), promise: nil)
    shared.log.record(
      method: head?.method.rawValue ?? "",
      path: endpoint.path,
      response: response,
      source: source,
      started: started
    )
    if closing {
      linger(context)
    } else {
      phase = .idle
      setTimer(.seconds(Int64(shared.limits.idleTimeout)), context)
    }
  }

  /// Closes our half and waits for the peer's: closing at once, with input unread, would reset the
  /// connection and could take the answer with it (RFC 9112 §9.6).
  private func linger(_ context: ChannelHandlerContext) {
    phase = .lingering
    waiting.removeAll()
    setTimer(ConnectionHandler.lingerTime, context)
    context.flush()
    context.close(mode: .output, promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else {
      // The peer is gone, or nothing can be said to it.
      context.close(promise: nil)
      return
    }
    if case .lingering = phase { return }
    let refusal =
      error == .headerOverflow
      ? OAuthError(.invalidRequest, .headersTooLarge, status: 431)
      : OAuthError(.invalidRequest, .malformedHTTP)
    let unknown = UnknownPath()
    finish(unknown.response(for: refusal), unknown, nil, source: peer, closing: true, context)
  }
}
