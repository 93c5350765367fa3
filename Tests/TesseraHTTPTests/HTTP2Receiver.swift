import NIOCore
import NIOHPACK
import TesseraTestSupport

/// What a server of HTTP/2 has sent, read frame by frame.
struct HTTP2Receiver {
  /// A frame from the server.
  struct Frame: Equatable {
    let kind: HTTP2Bytes.Kind?
    let flags: UInt8
    let stream: Int
    let payload: [UInt8]

    /// Of a reset or a last word: why.
    var code: Int { HTTP2Receiver.number(payload.suffix(4)) }
    /// Of a last word: the last stream.
    var lastStream: Int { HTTP2Receiver.number(payload.prefix(4)) }
  }

  /// What came of a stream.
  enum Outcome: Equatable {
    case answer(TestResponse)
    /// Ended by an error of this code (RFC 9113 §7).
    case reset(Int)

    var status: Int? { if case .answer(let response) = self { response.status } else { nil } }
  }

  static let noError = 0
  static let protocolError = 1
  static let flowControlError = 3
  static let streamClosed = 5
  static let refusedStream = 7
  static let cancel = 8
  static let compressionError = 9
  static let enhanceYourCalm = 11

  private(set) var frames: [Frame] = []
  private(set) var outcomes: [Int: Outcome] = [:]
  /// How many answers say that the body may come.
  private(set) var continues = 0
  private var begun: [Int: (headers: [TestResponse.Header], body: [UInt8])] = [:]
  private var received: [UInt8] = []
  private var decoder = HPACKDecoder(allocator: ByteBufferAllocator())

  /// With which the server ended the connection, or announced that; nil while it did not.
  var lastWord: Frame? { frames.last { $0.kind == .goAway } }

  /// Takes what it has sent.
  mutating func take(_ bytes: some Sequence<UInt8>) throws {
    received += bytes
    var rest = received[...]
    while rest.count >= 9 {
      let length = HTTP2Receiver.number(rest.prefix(3))
      guard rest.count >= 9 + length else { break }
      let start = rest.startIndex
      let frame = Frame(
        kind: HTTP2Bytes.Kind(rawValue: rest[start + 3]),
        flags: rest[start + 4],
        stream: HTTP2Receiver.number(rest[start + 5..<start + 9]),
        payload: Array(rest[start + 9..<start + 9 + length])
      )
      rest = rest.dropFirst(9 + length)
      frames.append(frame)
      try note(frame)
    }
    received = Array(rest)
  }

  private mutating func note(_ frame: Frame) throws {
    switch frame.kind {
    case .headers:
      var block = ByteBuffer(bytes: frame.payload)
      let fields = try decoder.decodeHeaders(from: &block).map {
        TestResponse.Header(name: $0.name, value: $0.value)
      }
      if fields.first?.value == "100" {
        continues += 1
      } else {
        begun[frame.stream] = (fields, [])
      }
    case .data: begun[frame.stream]?.body += frame.payload
    case .reset:
      if outcomes[frame.stream] == nil { outcomes[frame.stream] = .reset(frame.code) }
      return
    default: return
    }
    guard frame.flags & HTTP2Bytes.endStream != 0, let (headers, body) = begun[frame.stream],
      let status = headers.first.flatMap({ $0.name == ":status" ? Int($0.value) : nil })
    else { return }
    let response = TestResponse(status: status, headers: Array(headers.dropFirst()), body: body)
    outcomes[frame.stream] = .answer(response)
  }

  private static func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
