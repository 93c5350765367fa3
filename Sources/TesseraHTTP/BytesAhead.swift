import NIOCore

/// The bytes that a peer has sent and that have not been taken yet.
struct BytesAhead {
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
    if count == 0 {
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
    if self.count == 0 { bytes = ByteBuffer() }
  }
}
