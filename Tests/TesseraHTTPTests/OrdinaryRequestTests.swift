import NIOCore
import NIOEmbedded
import NIOHTTP1
import TesseraCore
import Testing

@testable import TesseraHTTP

/// What the recogniser of ordinary requests accepts, NIO's decoder reads the same way.
@Suite struct OrdinaryRequestTests {
  private static let path = "/oauth/token"

  private static let recogniser: OrdinaryRequest = {
    let endpoint = HangingEndpoint()
    return OrdinaryRequest(
      table: EndpointTable([path: endpoint, endpoint.path: endpoint]),
      limits: HTTPLimits()
    )
  }()

  /// What a request comes down to, by either way.
  private struct Reading: Equatable {
    let method: String
    let path: String
    let isKnownPath: Bool
    let query: String?
    let headers: [HeaderName: [String]]
    let body: [UInt8]
    let length: Int
    let isKeepAlive: Bool
  }

  private enum Outcome: Equatable {
    case reading(Reading)
    case incomplete
    case other
  }

  private static func headers(_ headers: RequestHeaders) -> [HeaderName: [String]] {
    Dictionary(uniqueKeysWithValues: HeaderName.allCases.map { ($0, headers.values($0)) })
  }

  private func recognise(_ bytes: [UInt8]) -> Outcome {
    switch bytes.withUnsafeBytes(OrdinaryRequestTests.recogniser.find) {
    case .incomplete: return .incomplete
    case .other: return .other
    case .request(let request, let length):
      return .reading(
        Reading(
          method: request.head.method,
          path: request.head.path,
          isKnownPath: request.head.endpoint is HangingEndpoint,
          query: request.head.query,
          headers: OrdinaryRequestTests.headers(request.head.headers),
          body: request.body,
          length: length,
          isKeepAlive: request.head.isKeepAlive
        )
      )
    }
  }

  /// The first request by NIO's decoder; nil when there is no whole one.
  private func decode(_ bytes: [UInt8]) throws -> Reading? {
    let channel = EmbeddedChannel()
    let limits = HTTPLimits()
    var configuration = NIOHTTPDecoderLimitConfiguration()
    configuration.maxHeaderFieldSize = limits.maximumFieldSize
    configuration.maxHeaderListSize = limits.maximumHeaderSize
    configuration.maxHeaderFieldCount = limits.maximumHeaderCount
    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: configuration)
    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
    var head: HTTPRequestHead?
    var body: [UInt8] = []
    // What is refused before the decoder sees it, and after.
    var steps = RequestSteps(limits: limits, isDirect: true)
    // Byte by byte, to see where the request ends.
    for (index, byte) in bytes.enumerated() {
      #expect(try withUnsafeBytes(of: byte) { try steps.next($0) } == 1)
      try channel.writeInbound(ByteBuffer(bytes: [byte]))
      while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
        switch part {
        case .head(let found):
          let framing = MessageFraming(found.headers)
          try framing.check(found.version)
          steps.begin(framing)
          head = found
        case .body(let more): body += more.readableBytesView
        case .end:
          guard let head else { return nil }
          let framing = MessageFraming(head.headers)
          let table = EndpointTable([OrdinaryRequestTests.path: HangingEndpoint()])
          let found = RequestHead(head, framing, table)
          _ = try? channel.finish()
          return Reading(
            method: found.method,
            path: found.path,
            isKnownPath: found.endpoint is HangingEndpoint,
            query: found.query,
            headers: OrdinaryRequestTests.headers(found.headers),
            body: body,
            length: index + 1,
            isKeepAlive: found.isKeepAlive
          )
        }
      }
    }
    _ = try? channel.finish()
    return nil
  }

  private static let ordinary = [
    "POST /oauth/token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b",
    "GET /oauth/token?a=b&c HTTP/1.1\r\nhost:a\r\n\r\n",
    "HEAD /elsewhere HTTP/1.1\r\nHOST: a:1\r\nAccept: */*\r\n\r\n",
    "POST /oauth/token HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive\r\nAUTHORIZATION:  Basic YTpi  \r\n\r\n",
    "POST /oauth/token? HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nX-Forwarded-For: 1.2.3.4, 5.6.7.8\r\n\r\n",
    "GET /oauth/token?? HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"a\", W/\"b\"\r\nX: \r\n\r\n",
    "POST /oauth/token HTTP/1.1\r\nHost: a\r\nContent-Length: 003\r\n\r\nabcd",
    "POST /oauth/token HTTP/1.1\r\nHost: a\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n",
  ]

  @Test(arguments: ordinary)
  func isReadAsTheDecoderReadsIt(text: String) throws {
    let bytes = Array(text.utf8)
    let reading = try #require(try decode(bytes))
    #expect(recognise(bytes) == .reading(reading))
    for length in 0..<reading.length {
      #expect(recognise(Array(bytes[..<length])) == .incomplete, "\(length)")
    }
    // What follows is not looked at.
    #expect(recognise(bytes + Array("garbage".utf8)) == .reading(reading))
  }

  @Test(arguments: [
    "PUT / HTTP/1.1\r\nHost: a\r\n\r\n", "post / HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST / HTTP/1.0\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\nHost: a\n\n",
    "POST / HTTP/2.0\r\nHost: a\r\n\r\n",
    "POST http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "POST * HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /#a HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /é HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nTrailer: x\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a b\r\n\r\n", "POST / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a:b\r\n\r\n", "POST / HTTP/1.1\r\nHost: [::1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost : a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nX: a\tb\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nX: a\nY: b\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nX: é\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", "\r\nPOST / HTTP/1.1\r\nHost: a\r\n\r\n",
    "\u{16}\u{3}garbage",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n",
  ])
  func leavesWhatIsSpecialToTheDecoder(text: String) {
    #expect(recognise(Array(text.utf8)) == .other)
  }

  @Test func leavesWhatIsOutOfBoundsToTheDecoder() {
    let start = "POST /oauth/token HTTP/1.1\r\nHost: a\r\n"
    let limits = HTTPLimits()
    for text in [
      "POST /" + String(repeating: "a", count: limits.maximumFieldSize + 1),
      start + "X: " + String(repeating: "a", count: limits.maximumFieldSize) + "\r\n\r\n",
      start + String(repeating: "X: y\r\n", count: limits.maximumHeaderCount) + "\r\n",
      start + String(repeating: "X: " + String(repeating: "a", count: 4000) + "\r\n", count: 5) + "\r\n",
    ] {
      #expect(recognise(Array(text.utf8)) == .other)
    }
    let unending = start + "X: " + String(repeating: "a", count: limits.maximumHeaderSize)
    #expect(recognise(Array(unending.utf8)) == .other, "a field that does not end")
  }

  /// Requests changed at random: whatever is recognised, the decoder reads the same way.
  @Test func agreesWithTheDecoderOnRequestsChangedAtRandom() throws {
    var generator = SystemRandomNumberGenerator()
    let odd = Array("\r\n\t :;,=%?#/\u{0}aZ0-_\u{7F}".utf8) + [0x80, 0xFF]
    var recognised = 0
    for _ in 0..<4000 {
      var bytes = Array((OrdinaryRequestTests.ordinary.randomElement(using: &generator) ?? "").utf8)
      for _ in 0..<Int.random(in: 0...2, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        let byte = odd.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0...2, using: &generator) {
        case 0: bytes[index] = byte
        case 1: bytes.insert(byte, at: index)
        default: bytes.remove(at: index)
        }
      }
      guard case .reading(let reading) = recognise(bytes) else { continue }
      recognised += 1
      let decoded = try? decode(bytes)
      #expect(decoded == reading, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
    }
    #expect(recognised > 500)
  }
}
