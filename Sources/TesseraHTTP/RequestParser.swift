import NIOCore
import NIOHTTP1
import TesseraCore

/// Turns bytes into requests, no faster than they are asked for.
///
/// NIO's handler for decoders parses whatever one read brings, and a kilobyte of small requests is dozens of
/// kilobytes of parsed ones. Here what the connection cannot take yet stays bytes.
struct RequestParser: ~Copyable {
  enum Piece {
    /// Nothing that one could act upon.
    case nothing
    /// The head of a request whose sender waits to be told to send the body (RFC 9110 §10.1.1).
    case expectation
    case request(CollectedRequest)
    /// What is no request, or none that can be taken, with as much of its head as could be read.
    case refusal(OAuthError, RequestHead)
    /// The peer sends nothing more.
    case end
  }

  /// So often an incomplete request is looked at before the decoder takes over, which remembers where it was: a
  /// peer that sends byte by byte must not have all of it read again each time.
  private static let maximumLooks = 8

  private let table: EndpointTable
  private let ordinary: OrdinaryRequest
  private let decoder: HTTPRequestDecoder
  private let decoded: DecodedParts
  private var steps: RequestSteps
  private var collector: RequestCollector
  /// Bytes that the decoder has not consumed; of them it knows the first `seen`.
  var ahead: BytesAhead
  private var seen = 0
  /// What is wrong with the bytes that follow those parts that are decoded.
  private var problem: MessageProblem?
  /// Whether the decoder knows that the input is closed.
  private var isAtEnd = false
  /// Whether the decoder has had no part in this connection yet.
  private var isOrdinary = true
  private var looks = 0

  /// `decoded` stands behind the handler that this parser is attached to.
  init(table: EndpointTable, limits: HTTPLimits, isDirect: Bool, _ decoded: DecodedParts) {
    self.table = table
    self.decoded = decoded
    ordinary = OrdinaryRequest(table: table, limits: limits)
    var decoderLimits = NIOHTTPDecoderLimitConfiguration()
    decoderLimits.maxHeaderFieldSize = limits.maximumFieldSize
    decoderLimits.maxHeaderListSize = limits.maximumHeaderSize
    decoderLimits.maxHeaderFieldCount = limits.maximumHeaderCount
    decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoderLimits)
    steps = RequestSteps(limits: limits, isDirect: isDirect)
    collector = RequestCollector(table: table, maximumBodySize: limits.maximumBodySize)
    ahead = BytesAhead(limits: limits)
  }

  func attach(to context: ChannelHandlerContext) { decoder.decoderAdded(context: context) }

  func detach(from context: ChannelHandlerContext) { decoder.decoderRemoved(context: context) }

  // MARK: What is parsed

  /// Parses nothing more.
  mutating func stop() {
    ahead.stop()
    seen = 0
  }

  /// What there is to parse.
  ///
  /// Of less than a method and a space the decoder keeps nothing, so that is no beginning of a request.
  var input: ConnectionState.Input {
    guard !ahead.isStopped else { return .nothing }
    if ahead.count > seen || ahead.isInputClosed || problem != nil || !decoded.parts.isEmpty {
      return .ready
    }
    return ahead.count > 0 ? .incomplete : .nothing
  }

  /// As much as is known of a request that is not whole.
  var begunHead: RequestHead {
    guard let line = steps.line ?? firstLine else { return .unreadable }
    return RequestHead(method: line.method, table.match(target: line.target))
  }

  /// The first line of a request that the decoder has not seen.
  private var firstLine: RequestLine? {
    guard isOrdinary else { return nil }
    return ahead.bytes.withUnsafeReadableBytes { bytes in
      guard let end = bytes.firstIndex(of: 0x0A), bytes[..<end].last == 0x0D else { return nil }
      return RequestLine(bytes[..<(end - 1)])
    }
  }

  /// Parses the next bytes, or the end of the input when there are none.
  mutating func next(_ context: ChannelHandlerContext) -> Piece {
    if let part = decoded.parts.popFirst() { return collect(part) }
    if let problem { return refuse(problem) }
    if isOrdinary, ahead.count > 0, let piece = ordinaryRequest() { return piece }
    if ahead.count > seen {
      decode(context)
      return .nothing
    }
    if !isAtEnd {
      decodeEnd(context)
      return next(context)
    }
    stop()
    return .end
  }

  private mutating func refuse(_ problem: MessageProblem) -> Piece {
    let head = begunHead
    stop()
    return .refusal(problem.refusal, head)
  }

  private mutating func collect(_ part: HTTPServerRequestPart) -> Piece {
    switch part {
    case .head(let head):
      let framing = MessageFraming(head.headers)
      steps.begin(framing)
      return collector.begin(head, framing)
    case .body(let bytes): return collector.append(bytes)
    case .end:
      steps.end()
      return collector.end()
    }
  }

  // MARK: Ordinary requests

  /// The next request if it is an ordinary one, or nothing while its rest has not come; nil when it is the decoder's.
  ///
  /// Once the decoder has had a part in a connection it keeps it: only it knows what it has read.
  private mutating func ordinaryRequest() -> Piece? {
    guard !ahead.isInputClosed || ahead.count > seen else { return nil }
    switch ahead.bytes.withUnsafeReadableBytes(ordinary.find) {
    case .request(let request, let length):
      ahead.drop(length)
      seen = 0
      looks = 0
      return .request(request)
    case .incomplete:
      looks += 1
      guard looks < RequestParser.maximumLooks, !ahead.isInputClosed else { break }
      seen = ahead.count
      return .nothing
    case .other: break
    }
    isOrdinary = false
    seen = 0
    return nil
  }

  // MARK: All others

  private mutating func decode(_ context: ChannelHandlerContext) {
    do throws(MessageProblem) {
      let next = ahead.bytes.withUnsafeReadableBytes { bytes in
        Result { () throws(MessageProblem) in
          try steps.next(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(seen)))
        }
      }
      let known = seen + (try next.get())
      guard var piece = ahead.bytes.getSlice(at: ahead.bytes.readerIndex, length: known) else { return }
      do {
        _ = try decoder.decode(context: context, buffer: &piece)
      } catch {
        throw steps.problem(error)
      }
      ahead.drop(known - piece.readableBytes)
      seen = piece.readableBytes
    } catch {
      problem = error
    }
  }

  private mutating func decodeEnd(_ context: ChannelHandlerContext) {
    isAtEnd = true
    do {
      var rest = ahead.bytes
      _ = try decoder.decodeLast(context: context, buffer: &rest, seenEOF: true)
    } catch {
      problem = .malformed
    }
    ahead.drop(ahead.count)
    seen = 0
  }
}

/// Collects the parts that NIO's decoder makes, which it hands to the next handler in the pipeline.
final class DecodedParts: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart

  fileprivate var parts = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 1)

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    parts.append(unwrapInboundIn(data))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

extension RequestHead {
  /// The head as NIO's decoder gives it.
  ///
  /// Whoever wants another protocol is answered, and the connection closed: we offer none (RFC 9110 §7.8), and what
  /// follows is not HTTP/1.1 for the peer, nor for the decoder, which stops after it.
  init(_ head: HTTPRequestHead, _ framing: MessageFraming, _ table: EndpointTable) {
    self.init(
      method: head.method.rawValue,
      table.match(target: head.uri),
      query: EndpointTable.query(of: head.uri),
      headers: RequestHeaders(head.headers.lazy.map { ($0.name, $0.value) }),
      isKeepAlive: head.isKeepAlive && !framing.hasUpgrade,
      isHTTP10: head.version == .http1_0
    )
  }
}
