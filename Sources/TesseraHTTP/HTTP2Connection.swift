import NIOCore
import NIOExtras
import NIOHPACK
import NIOHTTP1
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

  private let shared: ConnectionContext
  private let neighbours: LoopConnections
  private let frames: HTTP2Frames
  private let requestTimeout: TimeAmount
  private var state: HTTP2ConnectionState
  private var intake: FrameIntake
  private var streams = HTTP2Streams()
  private var responseFields: HTTP2ResponseFields
  private var context: ChannelHandlerContext?
  private let origin: RequestOrigin
  /// Where it stands among the neighbours; nil when it is not connected.
  private var place: Int?
  private var lastStream = HTTP2StreamID.rootStream
  /// How many requests wait for the store or for a computation, those too that nobody waits for any more.
  private var awaitedCount = 0
  private var malformedCount = 0
  /// What became of requests whose answers are not sent yet.
  private var records: [RequestRecord] = []
  private var timer: Scheduled<Void>?
  private var isGoingOn = false

  private init(
    _ shared: ConnectionContext,
    _ frames: HTTP2Frames,
    peer: SourceAddress,
    neighbours: LoopConnections
  ) {
    self.shared = shared
    origin = RequestOrigin(peer: peer, over: shared.transport)
    self.frames = frames
    self.neighbours = neighbours
    requestTimeout = .seconds(Int64(shared.limits.requestTimeout))
    state = HTTP2ConnectionState(limits: shared.limits)
    intake = FrameIntake(limits: shared.limits)
    responseFields = HTTP2ResponseFields(clock: shared.clock, strictTransport: shared.strictTransport)
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
    guard place == nil else { return }
    place = neighbours.add(self)
    perform(state.connected(at: context.eventLoop.now), context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    state.disconnected()
    timer?.cancel()
    if let place { neighbours.remove(place) }
    place = nil
    // Nobody would see the answers.
    streams.removeAll()
    intake.stop()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    intake.receive(unwrapInboundIn(data))
    goOn()
    // Reads are held back meanwhile, but at the end of its input NIO reads all that the system has of it.
    if intake.isOverfull { context.close(promise: nil) }
  }

  /// What was read may not have been taken yet: `goOn` says when it was.
  func channelReadComplete(context: ChannelHandlerContext) {}

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent: perform(state.stop(at: context.eventLoop.now), context)
    case ChannelEvent.inputClosed:
      state.inputClosed()
      intake.inputClosed()
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
        hasRequest: mayAnswer,
        isUnflushed: frames.isUnflushed,
        isWritable: context.channel.isWritable,
        at: context.eventLoop.now
      )
      if action == .wait { return }
      perform(action, context)
    }
  }

  /// Whether there is a request, and the peer takes the answers to those before, and not all of them wait.
  private var mayAnswer: Bool {
    streams.hasReady && streams.untakenSize < HTTP2Limits.untakenSize
      && awaitedCount < HTTP2Limits.concurrentStreams
  }

  private func perform(_ action: HTTP2ConnectionState.Action, _ context: ChannelHandlerContext) {
    switch action {
    case .wait: return
    case .take: take(context)
    case .answer: answerNext(context)
    case .waitForTurn: neighbours.waitForTurn(self)
    case .flush: flush(context)
    case .read: context.read()
    case .keepOpen:
      if let place { neighbours.setIdle(place, since: state.idleSince) }
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
      frames.goAway(last: lastStream)
      if state.isIdle { perform(state.noStreamIsLeft(at: context.eventLoop.now), context) }
    case .linger:
      end(context)
      context.close(mode: .output, promise: nil)
      setTimer(context)
    case .dismiss:
      frames.goAway(last: lastStream)
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
      // What has not come by now never will.
      intake.stop()
      for stream in streams.all where !stream.isWhole { frames.reset(stream.id, .cancel) }
      perform(state.peerLeaves(at: context.eventLoop.now), context)
      return
    }
    frames.isUnflushed = true
    context.fireChannelRead(wrapInboundOut(bytes))
    if intake.isFlood { frames.goAway(last: lastStream, .enhanceYourCalm) }
  }

  /// Sends what is written, and then writes to the log what became of the requests.
  private func flush(_ context: ChannelHandlerContext) {
    frames.isUnflushed = false
    context.fireChannelReadComplete()
    for record in records { shared.exchanges.log.record(record) }
    records.removeAll(keepingCapacity: true)
  }

  /// Takes no request any more, and answers none.
  private func end(_ context: ChannelHandlerContext) {
    if let place { neighbours.setBusy(place) }
    streams.removeAll()
    intake.stop()
    flush(context)
  }

  private func closeOnceSent(_ context: ChannelHandlerContext) {
    end(context)
    setTimer(context)
    let written = context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer())))
    written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
  }

  // MARK: Streams

  private func takeEvents(_ context: ChannelHandlerContext) {
    while let event = frames.next() {
      switch event {
      case .headers(let id, let fields, let isLast): takeHeaders(id, fields, isLast: isLast, context)
      case .data(let id, let bytes, let isLast):
        guard let stream = streams[id] else { break }
        if case .receiving = stream.phase {
          streams.hold(bytes.readableBytes, for: stream)
          take(stream.collector.append(bytes), of: stream, context)
        }
        if isLast { end(stream, context) }
      case .answerSent(let id):
        // The peer is to stop sending what nobody wants (RFC 9113 §8.1).
        if let stream = streams[id], !stream.isWhole { frames.reset(id, .noError) }
      case .streamClosed(let id): streams.remove(id)
      case .pingAnswered(let data):
        if data == HTTP2Connection.announcement { perform(state.isAnnounced(), context) }
      case .peerLeaves: perform(state.peerLeaves(at: context.eventLoop.now), context)
      }
    }
    frames.openWindow()
    if frames.isBroken { perform(state.isBroken(at: context.eventLoop.now), context) }
    if streams.isEmpty, !state.isIdle { perform(state.noStreamIsLeft(at: context.eventLoop.now), context) }
  }

  private func takeHeaders(
    _ id: HTTP2StreamID,
    _ fields: HPACKHeaders,
    isLast: Bool,
    _ context: ChannelHandlerContext
  ) {
    if let stream = streams[id] {
      // Trailers say nothing that anybody here wants to know.
      if isLast { end(stream, context) }
      return
    }
    lastStream = id
    guard streams.heldSize < HTTP2Limits.heldSize else { return frames.reset(id, .refusedStream) }
    do throws(HTTP2RequestHead.Malformed) {
      let head = try HTTP2RequestHead(fields, limits: shared.limits)
      begin(id, head, isLast: isLast, context)
    } catch {
      frames.reset(id, .protocolError)
      malformedCount += 1
      if malformedCount > HTTP2Limits.malformedRequests { frames.goAway(last: id, .enhanceYourCalm) }
    }
  }

  private func begin(
    _ id: HTTP2StreamID,
    _ head: HTTP2RequestHead,
    isLast: Bool,
    _ context: ChannelHandlerContext
  ) {
    let now = context.eventLoop.now
    let collector = RequestCollector(table: shared.table, maximumBodySize: shared.limits.maximumBodySize)
    let stream = HTTP2Stream(id, at: now, until: now + requestTimeout, isWhole: isLast, collector)
    if let place, state.isIdle { neighbours.setBusy(place) }
    state.streamBegan()
    setTimer(context, for: stream.deadline)
    streams.add(stream)
    streams.hold(head.size, for: stream)
    if let problem = head.problem {
      let match = shared.table.match(target: head.head.uri)
      refuse(problem.refusal, RequestHead(method: head.head.method.rawValue, match), stream, context)
      return
    }
    take(stream.collector.begin(head.head, MessageFraming(head.head.headers)), of: stream, context)
    if isLast { end(stream, context) }
  }

  /// The peer has sent the last of a request.
  private func end(_ stream: HTTP2Stream, _ context: ChannelHandlerContext) {
    stream.isWhole = true
    if case .receiving = stream.phase { take(stream.collector.end(), of: stream, context) }
  }

  private func take(_ piece: RequestParser.Piece, of stream: HTTP2Stream, _ context: ChannelHandlerContext) {
    switch piece {
    case .nothing, .end: break
    case .expectation: if !stream.isWhole { frames.sendContinue(on: stream.id) }
    case .request(let request): streams.isReady(stream, request)
    case .refusal(let error, let head): refuse(error, head, stream, context)
    }
  }

  private func refuse(
    _ error: OAuthError,
    _ head: RequestHead,
    _ stream: HTTP2Stream,
    _ context: ChannelHandlerContext
  ) {
    let exchange = HTTPExchange(head: head, source: origin.source, started: stream.started)
    finish(exchange, exchange.refusal(error), stream, context)
  }

  private func answerNext(_ context: ChannelHandlerContext) {
    guard let (stream, request) = streams.takeReady() else { return }
    let (exchange, answer) = shared.exchanges.begin(request, on: origin, at: stream.started)
    switch answer {
    case .now(let response): finish(exchange, response, stream, context)
    case .later(let pending):
      stream.phase = .awaiting(exchange, pending)
      awaitedCount += 1
      let bound = NIOLoopBound((self, stream, context), eventLoop: context.eventLoop)
      pending.whenComplete(on: context.eventLoop) { response in
        let (connection, stream, context) = bound.value
        connection.resume(stream, exchange, with: response, context)
      }
    }
  }

  /// What was waited for is there.
  private func resume(
    _ stream: HTTP2Stream,
    _ exchange: HTTPExchange,
    with response: EndpointResponse,
    _ context: ChannelHandlerContext
  ) {
    awaitedCount -= 1
    if case .awaiting = stream.phase {
      finish(exchange, response, stream, context)
    } else {
      // The deadline was faster, or the peer has lost interest.
      shared.exchanges.log.record(exchange.record(of: response, at: context.eventLoop.now))
    }
    goOn()
  }

  private func finish(
    _ exchange: HTTPExchange,
    _ response: EndpointResponse,
    _ stream: HTTP2Stream,
    _ context: ChannelHandlerContext
  ) {
    let now = context.eventLoop.now
    let body = exchange.head.isHEAD ? [] : response.body
    streams.isAnswered(stream, size: body.count)
    stream.deadline = now + requestTimeout
    setTimer(context, for: stream.deadline)
    frames.send(responseFields.fields(of: response), body, on: stream.id)
    records.append(exchange.record(of: response, at: now))
    if stream.isWhole { intake.earn() }
  }

  // MARK: Time

  private func setTimer(_ context: ChannelHandlerContext, for time: NIODeadline = .distantFuture) {
    guard let time = state.timerToSet(for: time) else { return }
    timer?.cancel()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(deadline: time) {
      let (connection, context) = bound.value
      connection.timerFired(context)
    }
  }

  private func timerFired(_ context: ChannelHandlerContext) {
    let now = context.eventLoop.now
    for stream in streams.all where now >= stream.deadline { isLate(stream, context) }
    perform(state.timerFired(at: now), context)
    setTimer(context, for: streams.all.lazy.map(\.deadline).min() ?? .distantFuture)
    goOn()
  }

  /// The time of a stream is over.
  private func isLate(_ stream: HTTP2Stream, _ context: ChannelHandlerContext) {
    let late = MessageProblem.late.refusal
    switch stream.phase {
    case .receiving: refuse(late, stream.collector.head ?? .unreadable, stream, context)
    case .ready(let request): refuse(late, request.head, stream, context)
    case .awaiting(let exchange, let answer):
      finish(exchange, exchange.refusal(answer.awaited.isLate), stream, context)
    case .answered: frames.reset(stream.id, .cancel)
    case .closed: break
    }
  }
}
