import NIOCore
import NIOHTTP1
import TesseraCore
import TesseraSupport

/// What all connections of a listener share.
struct ConnectionContext: Sendable {
  let table: EndpointTable
  let limits: HTTPLimits
  let proxies: TrustedProxies
  let log: any RequestLog
  let warning: PacedWarning
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
    /// A request waits for the store or for a computation.
    case awaiting(PendingAnswer, RequestHead, SourceAddress)
    /// The last answer is written; whatever still comes is thrown away until the peer has read it.
    case lingering
  }

  /// What happens to a connection, in the order it does.
  enum Input {
    /// A request that needed no decoder.
    case request(CollectedRequest)
    /// A part of one that does.
    case part(HTTPServerRequestPart)
    /// What follows is no request, or none that can be taken.
    case failure(RefusedMessage)
    /// The peer sends nothing more.
    case end
  }

  let shared: ConnectionContext
  let neighbours: LoopConnections
  var collector: RequestCollector
  var writer: ResponseWriter
  var timer = ConnectionTimer()
  var phase = Phase.idle
  var started = NIODeadline.uptimeNanoseconds(0)
  var peer = SourceAddress.unknown
  /// What came while the connection was busy.
  var waiting = CircularBuffer<Input>(initialCapacity: 1)
  /// Answers that are not written yet.
  var output = ByteBuffer()
  /// What became of the requests of those answers.
  var unlogged: [RequestRecord] = []
  var isStopping = false
  var isInputClosed = false
  var isOutputClosed = false
  var isGoingOn = false
  var isReadHeldBack = false
  var turn = ConnectionTurn()
  /// Where it stands among the neighbours; nil when it is not connected.
  private var place: Int?
  /// Where the requests come from; nil when the connection is gone.
  var parser: RequestParser?
  private(set) var ownContext: ChannelHandlerContext?

  init(_ shared: ConnectionContext, neighbours: LoopConnections) {
    self.shared = shared
    self.neighbours = neighbours
    collector = RequestCollector(table: shared.table, maximumBodySize: shared.limits.maximumBodySize)
    writer = ResponseWriter(clock: shared.clock)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    ownContext = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    ownContext = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    peer = context.remoteAddress.flatMap(SourceAddress.init(socketAddress:)) ?? .unknown
    place = neighbours.add(self)
    becomeIdle(at: .now(), context)
    context.fireChannelActive()
  }

  /// The next request may come.
  func becomeIdle(at now: NIODeadline, _ context: ChannelHandlerContext) {
    phase = .idle
    if let place { neighbours.setIdle(place, since: now) }
    setTimer(.seconds(Int64(shared.limits.idleTimeout)), context)
  }

  /// The next request comes, or none any more.
  func becomeBusy(_ next: Phase) {
    if case .idle = phase, let place { neighbours.setBusy(place) }
    phase = next
  }

  /// Another connection takes the place of this one, which is idle.
  func closeToMakeRoom() {
    becomeBusy(.lingering)
    parser?.stop()
    ownContext?.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer.cancel()
    if let place { neighbours.remove(place) }
    place = nil
    // Nobody would see the answers.
    waiting.removeAll(keepingCapacity: true)
    parser?.stop()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    parser?.follow(part)
    arrived(.part(part), context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let message = error as? RefusedMessage {
      arrived(.failure(message), context)
    } else {
      // The peer is gone, or nothing can be said to it.
      context.close(promise: nil)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      isStopping = true
      if case .idle = phase { closeAfterOutput(context) }
    case ChannelEvent.inputClosed: arrived(.end, context)
    case ChannelEvent.outputClosed:
      isOutputClosed = true
      setTimer(.seconds(Int64(shared.limits.lingerTime)), context)
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    goOn()
    context.fireChannelWritabilityChanged()
  }

  /// While the connection is busy nothing more is read, so that a peer cannot fill our memory.
  func read(context: ChannelHandlerContext) {
    if isBusy(context) {
      isReadHeldBack = true
    } else {
      context.read()
    }
  }
}
