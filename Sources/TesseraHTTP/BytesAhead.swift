import NIOCore

/// The bytes that a peer has sent and that have not been taken yet.
///
/// A request has memory of its own, which serves the next one too: the event loop's is for the next connection, while this
/// one waits for its turn.
struct BytesAhead {
  /// Memory that grew larger is not kept for the next request.
  private static let keptSize = 4096

  private let limit: Int
  private(set) var bytes = ByteBuffer()
  private var discarded = 0
  private(set) var isInputClosed = false
  /// Nothing is taken any more; whatever still comes is thrown away.
  private(set) var isStopped = false

  init(limits: HTTPLimits) {
    limit = 64 * limits.maximumBodySize
  }

  var count: Int { bytes.readableBytes }

  /// Whether the peer has sent more than anybody has to keep, or to throw away.
  var isOverfull: Bool { (isStopped ? discarded : count) > limit }

  mutating func receive(_ new: ByteBuffer) {
    guard !isStopped else {
      discarded += new.readableBytes
      return
    }
    if count == 0, new.readableBytes > BytesAhead.keptSize {
      bytes = new
    } else {
      var new = new
      bytes.discardReadBytes()
      bytes.writeBuffer(&new)
    }
  }

  /// The peer sends nothing more, which has its turn after what it sent.
  mutating func inputClosed() {
    isInputClosed = true
  }

  mutating func stop() {
    isStopped = true
    bytes = ByteBuffer()
  }

  /// These have been taken.
  mutating func drop(_ count: Int) {
    bytes.moveReaderIndex(forwardBy: count)
    guard self.count == 0 else { return }
    if bytes.capacity > BytesAhead.keptSize { bytes = ByteBuffer() } else { bytes.clear() }
  }
}
