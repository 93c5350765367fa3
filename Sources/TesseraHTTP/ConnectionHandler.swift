import NIOCore
import NIOExtras
import TesseraCore

/// One HTTP/1.1 connection: tells `ConnectionState` what happens, and does what that says.
///
/// An answer that memory has is given on the event loop. Requests sent ahead (pipelining) wait their turn.
final class ConnectionHandler: ChannelDuplexHandler, LoopConnection {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let exchanges: ExchangeHandler
  private var seat: ConnectionSeat
  private var state: ConnectionState
  private var parser: RequestParser
  private var output: ConnectionOutput
  private var context: ChannelHandlerContext?
  private let origin: RequestOrigin
  /// When the first byte of the request came that is being taken or answered.
  private var started = NIODeadline.uptimeNanoseconds(0)
  /// The request that waits for its answer.
  private var awaited: (exchange: HTTPExchange, answer: PendingAnswer)?
  private var isGoingOn = false
  /// Whether the answers are written at the end of the tick.
  private var isWriteDue = false

  private init(
    _ shared: ConnectionContext,
    _ decoded: DecodedParts,
    peer: SourceAddress,
    neighbours: LoopConnections
  ) {
    origin = RequestOrigin(peer: peer, over: shared.transport)
    exchanges = shared.exchanges
    seat = ConnectionSeat(among: neighbours)
    state = ConnectionState(limits: shared.limits)
    parser = RequestParser(
      table: shared.table,
      limits: shared.limits,
      isDirect: shared.exchanges.proxies.isNone && shared.transport == .plain,
      decoded
    )
    output = ConnectionOutput(neighbours.responses, commonFields: shared.commonFields)
  }

  /// Lets a channel speak HTTP/1.1 with this peer.
  static func serve(
    _ channel: any Channel,
    _ shared: ConnectionContext,
    peer: SourceAddress = .unknown,
    neighbours: LoopConnections
  ) throws {
    let decoded = DecodedParts()
    let connection = ConnectionHandler(shared, decoded, peer: peer, neighbours: neighbours)
    try channel.pipeline.syncOperations.addHandlers(connection, decoded)
  }

  // MARK: What happens

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    parser.attach(to: context)
    if context.channel.isActive { connected(context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    parser.detach(from: context)
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    connected(context)
    context.fireChannelActive()
  }

  private func connected(_ context: ChannelHandlerContext) {
    if seat.take(self) { perform(state.connected(at: context.eventLoop.now), context) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    state.disconnected()
    seat.leave()
    // Nobody would see the answers.
    parser.stop()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    parser.ahead.receive(unwrapInboundIn(data))
    goOn()
    // Reads are held back meanwhile, but at the end of its input NIO reads all that the system has of it.
    if parser.ahead.isOverfull { close(context) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      state.stopSoon(at: context.eventLoop.now)
      setTimer(context)
    case ChannelEvent.inputClosed:
      state.inputClosed()
      parser.ahead.inputClosed()
      goOn()
    case ChannelEvent.outputClosed:
      state.outputClosed(at: context.eventLoop.now)
      setTimer(context)
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  /// The peer is gone, or nothing can be said to it.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    goOn()
    context.fireChannelWritabilityChanged()
  }

  func read(context: ChannelHandlerContext) {
    perform(state.readIsDue(isWritable: context.channel.isWritable), context)
  }

  func writeAnswers() {
    isWriteDue = false
    if let context, state.phase != .closed { writeOutput(context) }
  }

  func takeTurn() {
    state.turnCame()
    goOn()
  }

  func closeToMakeRoom() {
    if let context { perform(state.makeRoom(), context) }
  }

  // MARK: What is done

  /// Does all there is to do, until there is something to wait for.
  private func goOn() {
    // Writing can make the connection writable again and come here while the loop below runs, which sees it.
    guard !isGoingOn, let context else { return }
    isGoingOn = true
    defer { isGoingOn = false }
    state.beginTurn()
    while true {
      let action = state.next(
        parser.input,
        unwritten: isWriteDue && output.count < ConnectionState.outputSize ? 0 : output.count,
        isWritable: context.channel.isWritable
      )
      if action == .wait { return }
      perform(action, context)
    }
  }

  private func perform(_ action: ConnectionState.Action, _ context: ChannelHandlerContext) {
    switch action {
    case .wait: return
    case .take: take(context)
    case .beginRequest: beginRequest(context)
    case .write: writeSoon(context)
    case .waitForTurn: seat.waitForTurn(self)
    case .read: context.read()
    case .keepOpen:
      seat.setIdle(since: state.idleSince)
      setTimer(context)
    case .linger:
      endInput()
      writeOutput(context)
      context.close(mode: .output, promise: nil)
      setTimer(context)
    case .closeOnceSent:
      endInput()
      writeOutput(context)
      setTimer(context)
      context.closeOnceSent()
    case .close:
      endInput()
      close(context)
    case .refuseIncomplete: refuse(MessageProblem.late.refusal, parser.begunHead, context)
    case .refuseLate:
      guard let (exchange, answer) = awaited else { return }
      finish(exchange, exchange.refusal(answer.awaited.isLate), keepsOpen: false, context)
    }
  }

  /// Takes the next request, or what there is of it.
  private func take(_ context: ChannelHandlerContext) {
    let piece = parser.next(context)
    if case .end = piece {
      perform(state.inputEnded(at: context.eventLoop.now), context)
      return
    }
    // Of a request sent ahead the bytes came with the one before.
    if state.phase == .idle { beginRequest(context) }
    switch piece {
    case .nothing, .end: break
    case .expectation: output.appendContinue()
    case .request(let request): answer(request, context)
    case .refusal(let error, let head): refuse(error, head, context)
    }
  }

  private func beginRequest(_ context: ChannelHandlerContext) {
    seat.setBusy()
    started = context.eventLoop.now
    state.requestBegan(at: started)
    setTimer(context)
  }

  private func refuse(_ error: OAuthError, _ head: RequestHead, _ context: ChannelHandlerContext) {
    let exchange = exchanges.exchange(head, from: origin.source, at: started)
    finish(exchange, exchange.refusal(error), keepsOpen: false, context)
  }

  private func answer(_ request: CollectedRequest, _ context: ChannelHandlerContext) {
    let (exchange, answer) = exchanges.begin(request, on: origin, at: started)
    switch answer {
    case .now(let response): finish(exchange, response, keepsOpen: request.head.isKeepAlive, context)
    case .later(let pending):
      state.answerIsAwaited()
      awaited = (exchange, pending)
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      pending.whenComplete(on: context.eventLoop, within: exchange.span) { response in
        let (connection, context) = bound.value
        connection.resume(with: response, context)
      }
    }
  }

  /// What was waited for is there.
  private func resume(with response: EndpointResponse, _ context: ChannelHandlerContext) {
    // When the deadline was faster the answer comes too late for anybody.
    guard let (exchange, _) = awaited else { return }
    guard state.phase == .awaiting else {
      awaited = nil
      let id = seat.answeredLate(exchange, by: response)
      seat.neighbours.batch.record(exchange.record(id, of: response, at: context.eventLoop.now))
      return
    }
    finish(exchange, response, keepsOpen: exchange.head.isKeepAlive, context)
    goOn()
  }

  private func finish(
    _ exchange: HTTPExchange,
    _ response: EndpointResponse,
    keepsOpen: Bool,
    _ context: ChannelHandlerContext
  ) {
    awaited = nil
    let isLast = state.isLast(keepsOpen: keepsOpen)
    let now = context.eventLoop.now
    let id = seat.answered(exchange, by: response, at: now)
    output.append(response, id, to: exchange.head, isLast: isLast)
    seat.neighbours.batch.record(exchange.record(id, of: response, at: now))
    perform(state.answered(isLast: isLast, at: now), context)
  }

  /// Takes no request any more.
  private func endInput() {
    seat.setBusy()
    parser.stop()
  }

  /// Writes the answers that are there together with those of the other connections, or at once when they are many.
  private func writeSoon(_ context: ChannelHandlerContext) {
    if output.count >= ConnectionState.outputSize { writeOutput(context) }
    isWriteDue = true
    seat.neighbours.batch.hasAnswered(self)
  }

  /// Writes the answers that are there.
  private func writeOutput(_ context: ChannelHandlerContext) {
    guard output.count > 0 else { return }
    context.writeAndFlush(wrapOutboundOut(output.bytes), promise: nil)
    output.wasWritten()
  }

  /// Closes the connection, but not on answers that are there.
  private func close(_ context: ChannelHandlerContext) {
    writeOutput(context)
    context.close(promise: nil)
  }

  private func setTimer(_ context: ChannelHandlerContext) {
    if let time = state.timerToSet() { seat.wake(self, at: time, context) }
  }

  func timerFired(_ context: ChannelHandlerContext) {
    let action = state.timerFired(at: context.eventLoop.now)
    perform(action, context)
    setTimer(context)
    // Whatever was held back is read and thrown away from here on.
    if action != .wait { goOn() }
  }
}
