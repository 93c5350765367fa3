import NIOCore
import NIOHPACK
import NIOHTTP2

/// What one HTTP/2 connection may use up besides what every request may (`HTTPLimits`).
struct HTTP2Limits {
  /// The most requests at a time: beyond it the connection ends, for it was told so.
  static let concurrentStreams = 100
  /// The most bytes of requests that are not answered; another stream is refused, to be tried again.
  static let heldSize = 512 * 1024
  /// While the peer has not taken more than this many bytes of answers, no further request is answered.
  static let untakenSize = 64 * 1024
  /// So many frames more than were earned by requests end the connection, whatever their kind.
  static let unearnedFrames = 4096
  /// What each answered request earns: its own frames, and those that a client sends around it.
  static let framesOfARequest = 64
  /// The most malformed requests of a connection.
  static let malformedRequests = 100
  /// Body bytes that may be on their way, of one request and of all.
  static let window = 65_535

  /// What NIO is to hold a peer to, and to tell it.
  ///
  /// It bounds header lists to a size by which those that are a little too large can still be answered 431.
  static func configuration(_ limits: HTTPLimits) -> NIOHTTP2Handler.ConnectionConfiguration {
    let headerListSize = 2 * limits.maximumHeaderSize + 32 * limits.maximumHeaderCount
    var configuration = NIOHTTP2Handler.ConnectionConfiguration()
    configuration.initialSettings = [
      HTTP2Setting(parameter: .maxConcurrentStreams, value: concurrentStreams),
      HTTP2Setting(parameter: .maxHeaderListSize, value: headerListSize),
      HTTP2Setting(parameter: .initialWindowSize, value: window),
    ]
    configuration.maximumSequentialEmptyDataFrames = 1
    configuration.maximumSequentialContinuationFrames = 5
    // Answers that waited for the peer to read, and resets.
    configuration.maximumBufferedControlFrames = 1000
    // What was sent before the peer saw a reset is ignored for as many streams.
    configuration.maximumRecentlyResetStreams = 2 * concurrentStreams
    configuration.maximumConnectionGlitches = malformedRequests
    configuration.controlFrameRateLimit.maximumCount = 200
    configuration.controlFrameRateLimit.windowLength = .seconds(30)
    return configuration
  }

  /// The same for streams.
  static let streams: NIOHTTP2Handler.StreamConfiguration = {
    var configuration = NIOHTTP2Handler.StreamConfiguration()
    configuration.streamResetFrameRateLimit.maximumCount = 200
    configuration.streamResetFrameRateLimit.windowLength = .seconds(30)
    configuration.streamErrorRateLimit.maximumCount = malformedRequests
    configuration.streamErrorRateLimit.windowLength = .seconds(30)
    return configuration
  }()
}
