import NIOCore
import NIOHTTP2
import TesseraCore

/// One stream of an HTTP/2 connection: a request and its answer.
final class HTTP2Stream {
  enum Phase {
    /// More of the request has to come.
    case receiving
    /// The request is whole, and waits for its turn.
    case ready(CollectedRequest)
    /// The request waits for the store or for a computation.
    case awaiting(HTTPExchange, PendingAnswer)
    /// The answer is written, and waits until the peer takes it.
    case answered
    case closed
  }

  let id: HTTP2StreamID
  /// When its first frame came.
  let started: NIODeadline
  var phase = Phase.receiving
  var deadline: NIODeadline
  var collector: RequestCollector
  /// Whether the peer has sent all of the request.
  var isWhole: Bool
  /// Bytes that are kept of the request until it is answered.
  fileprivate var heldSize = 0
  /// Bytes of the answer, until the peer has taken all of it.
  fileprivate var untakenSize = 0

  init(
    _ id: HTTP2StreamID,
    at now: NIODeadline,
    until deadline: NIODeadline,
    isWhole: Bool,
    _ collector: RequestCollector
  ) {
    self.id = id
    started = now
    self.deadline = deadline
    self.isWhole = isWhole
    self.collector = collector
  }
}

/// The open streams of a connection, in the order in which they began, and how many bytes are kept for them.
struct HTTP2Streams {
  private(set) var all: [HTTP2Stream] = []
  private var ready = CircularBuffer<HTTP2Stream>(initialCapacity: 4)
  /// Bytes of requests that are not answered.
  private(set) var heldSize = 0
  /// Bytes of answers that the peer has not taken.
  private(set) var untakenSize = 0

  /// The stream of this number; the latest are asked for most often.
  subscript(id: HTTP2StreamID) -> HTTP2Stream? { all.last { $0.id == id } }

  var isEmpty: Bool { all.isEmpty }

  /// Whether a whole request waits for its turn.
  var hasReady: Bool { !ready.isEmpty }

  mutating func add(_ stream: HTTP2Stream) {
    all.append(stream)
  }

  mutating func hold(_ size: Int, for stream: HTTP2Stream) {
    stream.heldSize += size
    heldSize += size
  }

  /// All of the request is here.
  mutating func isReady(_ stream: HTTP2Stream, _ request: CollectedRequest) {
    stream.phase = .ready(request)
    ready.append(stream)
  }

  /// The request that has waited longest for its turn.
  mutating func takeReady() -> (HTTP2Stream, CollectedRequest)? {
    while let stream = ready.popFirst() {
      if case .ready(let request) = stream.phase { return (stream, request) }
    }
    return nil
  }

  /// The answer, of this size, is on its way.
  mutating func isAnswered(_ stream: HTTP2Stream, size: Int) {
    stream.phase = .answered
    heldSize -= stream.heldSize
    stream.heldSize = 0
    stream.untakenSize = size
    untakenSize += size
  }

  mutating func remove(_ id: HTTP2StreamID) {
    guard let index = all.lastIndex(where: { $0.id == id }) else { return }
    let stream = all.remove(at: index)
    stream.phase = .closed
    heldSize -= stream.heldSize
    untakenSize -= stream.untakenSize
  }

  mutating func removeAll() {
    for stream in all { stream.phase = .closed }
    self = HTTP2Streams()
  }
}
