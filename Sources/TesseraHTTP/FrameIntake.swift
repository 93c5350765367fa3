import NIOCore

/// What a peer of HTTP/2 has sent, as bytes of which frames are to be made.
///
/// NIO's handler makes frames of whatever it is given, and a kilobyte of small frames can be a hundred requests. Here
/// what the connection cannot take yet stays bytes.
struct FrameIntake {
  /// No more is taken at a time, so that the connection is asked now and then whether it can take more.
  private static let stride = 4096

  var ahead: BytesAhead
  private var counter = FrameCounter()

  init(limits: HTTPLimits) {
    ahead = BytesAhead(limits: limits)
  }

  /// Whether there is something to take, be it the end.
  var isReady: Bool { !ahead.isStopped && (ahead.count > 0 || ahead.isInputClosed) }

  /// Whether the peer has sent many more frames than its requests need.
  var isFlood: Bool { counter.unearned > HTTP2Limits.unearnedFrames }

  /// The next bytes; nil when the input ends here.
  mutating func next() -> ByteBuffer? {
    let count = min(ahead.count, FrameIntake.stride)
    guard count > 0, let bytes = ahead.bytes.getSlice(at: ahead.bytes.readerIndex, length: count) else {
      return nil
    }
    ahead.drop(count)
    bytes.withUnsafeReadableBytes { counter.pass($0) }
    return bytes
  }

  /// So many requests were answered.
  mutating func earn(_ requests: Int) {
    counter.earn(requests * HTTP2Limits.framesOfARequest)
  }
}

/// Counts frames as their bytes pass, by the nine bytes with which each begins (RFC 9113 §4.1).
///
/// NIO counts most kinds; this counts all, those too that it ignores.
struct FrameCounter {
  private static let headerSize = 9

  /// What is left of the frame's payload, and at first of what a connection begins with (RFC 9113 §3.4).
  private var rest = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8.count
  private var headerBytes = 0
  private var length = 0
  /// How many frames more came than were earned.
  private(set) var unearned = 0

  mutating func pass(_ bytes: UnsafeRawBufferPointer) {
    var position = 0
    while position < bytes.count {
      if rest > 0 {
        let count = min(rest, bytes.count - position)
        rest -= count
        position += count
        continue
      }
      if headerBytes < 3 { length = length << 8 | Int(bytes[position]) }
      headerBytes += 1
      position += 1
      guard headerBytes == FrameCounter.headerSize else { continue }
      rest = length
      length = 0
      headerBytes = 0
      unearned += 1
    }
  }

  mutating func earn(_ frames: Int) {
    unearned = max(0, unearned - frames)
  }
}
