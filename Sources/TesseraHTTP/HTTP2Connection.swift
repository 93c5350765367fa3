import NIOCore
import NIOExtras
import NIOHTTP2
import TesseraCore

/// One HTTP/2 connection: tells `HTTP2ConnectionState` what happens, and does what that says.
///
/// It stands before NIO's handler, to which it gives bytes no faster than it can take the requests in them; the frames
/// come out behind it (`HTTP2Frames`). Each stream is answered by the same handler as a request of HTTP/1.1.
final class HTTP2Connection: ChannelDuplexHandler, LoopConnection {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = IOData
  typealias OutboundOut = IOData

  /// Comes back when the peer has heard that the server stops.
  private static let announcement = HTTP2PingData(withInteger: 0x5465_7373_6572_6121)

  /// Says that no stream is to begin, and that any that did may be answered (RFC 9113 §6.8).
  private static let firstGoAway: [UInt8] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]

  private let frames: HTTP2Frames
  private var seat: ConnectionSeat
  private var state: HTTP2ConnectionState
  private var intake: FrameIntake
  private let requests: HTTP2Requests
  private var context: ChannelHandlerContext?
  private var isGoingOn = false

  private init(
    _ shared: ConnectionContext,
    _ frames: HTTP2Frames,
    peer: SourceAddress,
    neighbours: LoopConnections
  ) {
    self.frames = frames
    seat = ConnectionSeat(among: neighbours)
    state = HTTP2ConnectionState(limits: shared.limits)
    intake = FrameIntake(limits: shared.limits)
    requests = HTTP2Requests(shared, frames, peer: peer, neighbours: neighbours)
  }

  /// Lets a channel speak HTTP/2 with this peer.
  static func serve(
    _ channel: any Channel,
    _ shared: ConnectionContext,
    peer: SourceAddress = .unknown,
    neighbours: LoopConnections
  ) throws {
    let frames = HTTP2Frames()
    try channel.pipeline.syncOperations.addHandlers(
      HTTP2Connection(shared, frames, peer: peer, neighbours: neighbours),
      NIOHTTP2Handler(
        mode: .server,
        frameDelegate: frames,
        connectionConfiguration: HTTP2Limits.configuration(shared.limits),
        streamConfiguration: HTTP2Limits.streams
      ),
      frames
    )
  }

  // MARK: What happens

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { begin(context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    if seat.take(self) { perform(state.connected(at: context.eventLoop.now), context) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    state.disconnected()
    seat.leave()
    requests.stop()
    intake.ahead.stop()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    intake.ahead.receive(unwrapInboundIn(data))
    goOn()
    // Reads are held back meanwhile, but at the end of its input NIO reads all that the system has of it.
    if intake.ahead.isOverfull { context.close(promise: nil) }
  }

  /// What was read may not have been taken yet: `goOn` says when it was.
  func channelReadComplete(context: ChannelHandlerContext) {}

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent: perform(state.stop(at: context.eventLoop.now), context)
    case ChannelEvent.inputClosed:
      state.inputClosed()
      intake.ahead.inputClosed()
    case ChannelEvent.outputClosed:
      state.outputClosed(at: context.eventLoop.now)
      setTimer(context)
    default: context.fireUserInboundEventTriggered(event)
    }
    goOn()
  }

  /// The peer is gone, or nothing can be said to it.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    context.fireChannelWritabilityChanged()
    goOn()
  }

  func read(context: ChannelHandlerContext) {
    perform(state.readIsDue(isWritable: context.channel.isWritable), context)
  }

  /// They are sent at once: there are many on one connection.
  func writeAnswers() {}

  func takeTurn() {
    state.turnCame()
    goOn()
  }

  func closeToMakeRoom() {
    if let context { perform(state.makeRoom(at: context.eventLoop.now), context) }
  }

  // MARK: What is done

  /// Does all there is to do, until there is something to wait for.
  private func goOn() {
    // Sending can make the connection writable again and come here while the loop below runs, which sees it.
    guard !isGoingOn, let context else { return }
    isGoingOn = true
    defer { isGoingOn = false }
    state.beginTurn(at: context.eventLoop.now)
    while true {
      takeEvents(context)
      let action = state.next(
        hasInput: intake.isReady,
        hasRequest: requests.mayAnswer,
        isUnflushed: frames.isUnflushed,
        isWritable: context.channel.isWritable,
        at: context.eventLoop.now
      )
      if action == .wait { return }
      perform(action, context)
    }
  }

  private func perform(_ action: HTTP2ConnectionState.Action, _ context: ChannelHandlerContext) {
    switch action {
    case .wait: return
    case .take: take(context)
    case .answer: answerNext(context)
    case .waitForTurn: seat.waitForTurn(self)
    case .flush: flush(context)
    case .read: context.read()
    case .keepOpen:
      seat.setIdle(since: state.idleSince)
      setTimer(context)
    case .announce:
      frames.ping(HTTP2Connection.announcement)
      flush(context)
      // Past NIO, which refuses all streams after it, those too that this is to let come.
      context.writeAndFlush(
        wrapOutboundOut(.byteBuffer(ByteBuffer(bytes: HTTP2Connection.firstGoAway))),
        promise: nil
      )
      setTimer(context)
    case .leave:
      frames.goAway(last: requests.lastStream)
      if state.isIdle { perform(state.noStreamIsLeft(at: context.eventLoop.now), context) }
    case .linger:
      end(context)
      context.close(mode: .output, promise: nil)
      setTimer(context)
    case .dismiss:
      frames.goAway(last: requests.lastStream)
      closeOnceSent(context)
    case .closeOnceSent: closeOnceSent(context)
    case .close:
      end(context)
      context.close(promise: nil)
    }
  }

  /// Gives NIO's handler the next bytes.
  private func take(_ context: ChannelHandlerContext) {
    guard let bytes = intake.next() else {
      intake.ahead.stop()
      requests.resetIncomplete()
      perform(state.peerLeaves(at: context.eventLoop.now), context)
      return
    }
    frames.isUnflushed = true
    context.fireChannelRead(wrapInboundOut(bytes))
    if intake.isFlood { frames.goAway(last: requests.lastStream, .enhanceYourCalm) }
  }

  /// Sends what is written.
  private func flush(_ context: ChannelHandlerContext) {
    frames.isUnflushed = false
    context.fireChannelReadComplete()
    seat.neighbours.batch.hasAnswered(self)
  }

  /// Takes no request any more, and answers none.
  private func end(_ context: ChannelHandlerContext) {
    seat.setBusy()
    requests.stop()
    intake.ahead.stop()
    flush(context)
  }

  private func closeOnceSent(_ context: ChannelHandlerContext) {
    end(context)
    setTimer(context)
    context.closeOnceSent()
  }

  // MARK: Requests

  private func takeEvents(_ context: ChannelHandlerContext) {
    while let event = frames.next() {
      let now = context.eventLoop.now
      switch event {
      case .headers(let id, let fields, let isLast):
        if requests.take(fields, isLast: isLast, on: id, at: now) { requestBegan() }
      case .data(let id, let bytes, let isLast): requests.take(bytes, isLast: isLast, on: id, at: now)
      case .answerSent(let id): requests.answerSent(on: id)
      case .streamClosed(let id): requests.streamClosed(id)
      case .pingAnswered(let data):
        if data == HTTP2Connection.announcement { perform(state.isAnnounced(), context) }
      case .peerLeaves: perform(state.peerLeaves(at: now), context)
      }
    }
    intake.earn(requests.takeAnsweredCount())
    if let deadline = requests.takeNewDeadline() { setTimer(context, for: deadline) }
    frames.openWindow()
    if frames.isBroken { perform(state.isBroken(at: context.eventLoop.now), context) }
    if requests.isEmpty, !state.isIdle {
      perform(state.noStreamIsLeft(at: context.eventLoop.now), context)
    }
  }

  private func requestBegan() {
    if state.isIdle { seat.setBusy() }
    state.streamBegan()
  }

  private func answerNext(_ context: ChannelHandlerContext) {
    guard let awaited = requests.answerNext(at: context.eventLoop.now) else { return }
    let bound = NIOLoopBound((self, awaited, context), eventLoop: context.eventLoop)
    awaited.answer.whenComplete(on: context.eventLoop, within: awaited.exchange.span) { response in
      let (connection, awaited, context) = bound.value
      connection.requests.finish(awaited, with: response, at: context.eventLoop.now)
      connection.goOn()
    }
  }

  // MARK: Time

  private func setTimer(_ context: ChannelHandlerContext, for time: NIODeadline = .distantFuture) {
    if let time = state.timerToSet(for: time) { seat.wake(self, at: time, context) }
  }

  func timerFired(_ context: ChannelHandlerContext) {
    let now = context.eventLoop.now
    let next = requests.endLate(at: now)
    perform(state.timerFired(at: now), context)
    setTimer(context, for: next)
    goOn()
  }
}
