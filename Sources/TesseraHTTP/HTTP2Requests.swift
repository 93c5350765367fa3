import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2
import TesseraCore

/// The requests of an HTTP/2 connection, each on its stream, from their first frame until their answers are taken.
///
/// A class, because what it sends can come back to the connection, which then asks it.
final class HTTP2Requests {
  /// One that waits for the store or for a computation.
  struct Awaited {
    fileprivate let stream: HTTP2Stream
    let exchange: HTTPExchange
    let answer: PendingAnswer
  }

  private let shared: ConnectionContext
  private let neighbours: LoopConnections
  private let frames: HTTP2Frames
  private let origin: RequestOrigin
  private let requestTimeout: TimeAmount
  private var responseFields: HTTP2ResponseFields
  private var streams = HTTP2Streams()
  private(set) var lastStream = HTTP2StreamID.rootStream
  /// How many wait for the store or for a computation, those too for whose answers nobody waits any more.
  private var awaitedCount = 0
  private var malformedCount = 0
  /// How many were whole and are answered, and nobody has been told.
  private var answeredCount = 0
  /// The earliest deadline that nobody has been told.
  private var newDeadline: NIODeadline?

  init(
    _ shared: ConnectionContext,
    _ frames: HTTP2Frames,
    peer: SourceAddress,
    neighbours: LoopConnections
  ) {
    self.shared = shared
    self.neighbours = neighbours
    self.frames = frames
    origin = RequestOrigin(peer: peer, over: shared.transport)
    requestTimeout = .seconds(Int64(shared.limits.requestTimeout))
    responseFields = HTTP2ResponseFields(clock: shared.clock, strictTransport: shared.strictTransport)
  }

  /// Whether no stream is open.
  var isEmpty: Bool { streams.isEmpty }

  /// Whether there is one to answer, and the peer takes the answers to those before, and not all of them wait.
  var mayAnswer: Bool {
    streams.hasReady && streams.untakenSize < HTTP2Limits.untakenSize
      && awaitedCount < HTTP2Limits.concurrentStreams
  }

  // MARK: What comes of a request

  /// Takes a head or a trailer; true when a request begins by it.
  func take(_ fields: HPACKHeaders, isLast: Bool, on id: HTTP2StreamID, at now: NIODeadline) -> Bool {
    if let stream = streams[id] {
      // Trailers say nothing that anybody here wants to know.
      if isLast { end(stream, at: now) }
      return false
    }
    lastStream = id
    guard streams.heldSize < HTTP2Limits.heldSize else {
      frames.reset(id, .refusedStream)
      return false
    }
    do throws(HTTP2RequestHead.Malformed) {
      let head = try HTTP2RequestHead(fields, limits: shared.limits)
      begin(head, isLast: isLast, on: id, at: now)
      return true
    } catch {
      frames.reset(id, .protocolError)
      malformedCount += 1
      if malformedCount > HTTP2Limits.malformedRequests { frames.goAway(last: id, .enhanceYourCalm) }
      return false
    }
  }

  private func begin(
    _ head: HTTP2RequestHead,
    isLast: Bool,
    on id: HTTP2StreamID,
    at now: NIODeadline
  ) {
    let collector = RequestCollector(table: shared.table, maximumBodySize: shared.limits.maximumBodySize)
    let stream = HTTP2Stream(id, at: now, until: deadline(at: now), isWhole: isLast, collector)
    streams.add(stream)
    streams.hold(head.size, for: stream)
    if let problem = head.problem {
      let match = shared.table.match(target: head.head.uri)
      refuse(problem.refusal, RequestHead(method: head.head.method.rawValue, match), stream, at: now)
      return
    }
    take(stream.collector.begin(head.head, MessageFraming(head.head.headers)), of: stream, at: now)
    if isLast { end(stream, at: now) }
  }

  /// Takes a piece of a body.
  func take(_ bytes: ByteBuffer, isLast: Bool, on id: HTTP2StreamID, at now: NIODeadline) {
    guard let stream = streams[id] else { return }
    if case .receiving = stream.phase {
      streams.hold(bytes.readableBytes, for: stream)
      take(stream.collector.append(bytes), of: stream, at: now)
    }
    if isLast { end(stream, at: now) }
  }

  /// The peer has sent the last of a request.
  private func end(_ stream: HTTP2Stream, at now: NIODeadline) {
    stream.isWhole = true
    if case .receiving = stream.phase { take(stream.collector.end(), of: stream, at: now) }
  }

  private func take(_ piece: RequestParser.Piece, of stream: HTTP2Stream, at now: NIODeadline) {
    switch piece {
    case .nothing, .end: break
    case .expectation: if !stream.isWhole { frames.sendContinue(on: stream.id) }
    case .request(let request): streams.isReady(stream, request)
    case .refusal(let error, let head): refuse(error, head, stream, at: now)
    }
  }

  /// What has not come by now never will.
  func resetIncomplete() {
    for stream in streams.all where !stream.isWhole { frames.reset(stream.id, .cancel) }
  }

  // MARK: What comes of an answer

  /// Answers the one that has waited longest for its turn, unless its answer has to be awaited.
  func answerNext(at now: NIODeadline) -> Awaited? {
    guard let (stream, request) = streams.takeReady() else { return nil }
    let (exchange, answer) = shared.exchanges.begin(request, on: origin, at: stream.started)
    switch answer {
    case .now(let response):
      finish(exchange, response, stream, at: now)
      return nil
    case .later(let pending):
      stream.phase = .awaiting(exchange, pending)
      awaitedCount += 1
      return Awaited(stream: stream, exchange: exchange, answer: pending)
    }
  }

  /// What was waited for is there.
  func finish(_ awaited: Awaited, with response: EndpointResponse, at now: NIODeadline) {
    awaitedCount -= 1
    if case .awaiting = awaited.stream.phase {
      finish(awaited.exchange, response, awaited.stream, at: now)
    } else {
      // The deadline was faster, or the peer has lost interest.
      neighbours.batch.record(
        awaited.exchange.record(
          neighbours.answeredLate(awaited.exchange, by: response),
          of: response,
          at: now
        )
      )
    }
  }

  private func refuse(
    _ error: OAuthError,
    _ head: RequestHead,
    _ stream: HTTP2Stream,
    at now: NIODeadline
  ) {
    let exchange = shared.exchanges.exchange(head, from: origin.source, at: stream.started)
    finish(exchange, exchange.refusal(error), stream, at: now)
  }

  private func finish(
    _ exchange: HTTPExchange,
    _ response: EndpointResponse,
    _ stream: HTTP2Stream,
    at now: NIODeadline
  ) {
    let body = exchange.head.isHEAD ? [] : response.body
    streams.isAnswered(stream, size: body.count)
    stream.deadline = deadline(at: now)
    let id = neighbours.answered(exchange, by: response, at: now)
    frames.send(responseFields.fields(of: response, id), body, on: stream.id)
    neighbours.batch.record(exchange.record(id, of: response, at: now))
    if stream.isWhole { answeredCount += 1 }
  }

  /// All of an answer is on its way.
  func answerSent(on id: HTTP2StreamID) {
    // The peer is to stop sending what nobody wants (RFC 9113 §8.1).
    if let stream = streams[id], !stream.isWhole { frames.reset(id, .noError) }
  }

  func streamClosed(_ id: HTTP2StreamID) {
    streams.remove(id)
  }

  // MARK: What others are told

  /// How many were answered since this was asked last.
  func takeAnsweredCount() -> Int {
    defer { answeredCount = 0 }
    return answeredCount
  }

  /// The earliest deadline of those that came since this was asked last.
  func takeNewDeadline() -> NIODeadline? {
    defer { newDeadline = nil }
    return newDeadline
  }

  // MARK: The end

  private func deadline(at now: NIODeadline) -> NIODeadline {
    let deadline = now + requestTimeout
    newDeadline = newDeadline ?? deadline
    return deadline
  }

  /// Ends those whose time is over; the result is when the time of the next is.
  func endLate(at now: NIODeadline) -> NIODeadline {
    for stream in streams.all where now >= stream.deadline { isLate(stream, at: now) }
    return streams.all.lazy.map(\.deadline).min() ?? .distantFuture
  }

  private func isLate(_ stream: HTTP2Stream, at now: NIODeadline) {
    let late = MessageProblem.late.refusal
    switch stream.phase {
    case .receiving: refuse(late, stream.collector.head ?? .unreadable, stream, at: now)
    case .ready(let request): refuse(late, request.head, stream, at: now)
    case .awaiting(let exchange, let answer):
      finish(exchange, exchange.refusal(answer.awaited.isLate), stream, at: now)
    case .answered: frames.reset(stream.id, .cancel)
    case .closed: break
    }
  }

  /// Nobody would see the answers.
  func stop() {
    streams.removeAll()
  }
}
