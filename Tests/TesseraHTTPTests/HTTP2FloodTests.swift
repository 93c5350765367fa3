import NIOCore
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// Peers that send what costs them little, and a server more.
@Suite struct HTTP2FloodTests {
  private static func connect() throws -> HTTP2Peer {
    let endpoint = HangingEndpoint()
    endpoint.release()
    return try HTTP2Peer([endpoint])
  }

  /// The connection ends with this code, at once and for good.
  private static func expectEnd(
    _ peer: HTTP2Peer,
    _ code: Int = HTTP2Receiver.enhanceYourCalm,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(peer.lastWord?.code == code, sourceLocation: sourceLocation)
    #expect(!peer.isOpen, sourceLocation: sourceLocation)
  }

  /// Sends these again and again; how often it was before the connection ended.
  private static func flood(_ peer: HTTP2Peer, atMost times: Int, _ bytes: (Int) -> [UInt8]) throws -> Int {
    var count = 0
    while count < times, peer.lastWord == nil {
      try peer.send(bytes(count))
      count += 1
    }
    return count
  }

  @Test("N8 rapid reset: streams that are reset as soon as they began")
  func rapidReset() throws {
    let peer = try Self.connect()
    let count = try Self.flood(peer, atMost: 10_000) { index in
      let stream = 2 * index + 1
      return HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: stream, isLast: false)
        + HTTP2Bytes.reset(stream)
    }
    #expect(count == 201)
    try Self.expectEnd(peer)
  }

  @Test("N8 rapid reset of requests that are whole, thousands in one read")
  func rapidResetAtOnce() throws {
    let peer = try Self.connect()
    try peer.send(
      (0..<2000).flatMap { index in
        HTTP2Bytes.request("GET", "/hang", on: 2 * index + 1) + HTTP2Bytes.reset(2 * index + 1)
      }
    )
    try Self.expectEnd(peer)
    #expect(peer.log.lines.count { $0.hasPrefix("request ") } <= 201)
  }

  @Test("N8 rapid reset by the server: streams that the peer makes it reset")
  func madeYouReset() throws {
    let peer = try Self.connect()
    let count = try Self.flood(peer, atMost: 10_000) { index in
      let stream = 2 * index + 1
      return HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: stream, isLast: false)
        + HTTP2Bytes.windowUpdate(0, on: stream)
    }
    #expect(count <= 101)
    #expect(peer.lastWord != nil)
    #expect(!peer.isOpen)
  }

  @Test("N8 a few resets end nothing")
  func fewResets() throws {
    let peer = try Self.connect()
    for index in 0..<100 {
      let stream = 2 * index + 1
      try peer.send(
        HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: stream, isLast: false)
          + HTTP2Bytes.reset(stream)
      )
    }
    #expect(try peer.ask("GET", "/hang", on: 201)?.status == 200)
  }

  @Test("N8 a flood of CONTINUATION, empty or not", arguments: [0, 1, 16])
  func continuation(size: Int) throws {
    let peer = try Self.connect()
    let block = HTTP2Bytes.block(HTTP2Bytes.pseudoFields("GET", "/hang"))
    try peer.send(HTTP2Bytes.frame(.headers, flags: HTTP2Bytes.endStream, on: 1, block))
    let count = try Self.flood(peer, atMost: 10_000) { _ in
      HTTP2Bytes.frame(.continuation, on: 1, [UInt8](repeating: 0x82, count: size))
    }
    #expect(count <= 6)
    try Self.expectEnd(peer)
  }

  @Test("N8 a header list in a few CONTINUATION is taken")
  func fewContinuations() throws {
    let peer = try Self.connect()
    let block = HTTP2Bytes.block(HTTP2Bytes.pseudoFields("GET", "/hang"))
    try peer.send(HTTP2Bytes.frame(.headers, flags: HTTP2Bytes.endStream, on: 1, Array(block[..<4])))
    try peer.send(HTTP2Bytes.frame(.continuation, on: 1, Array(block[4..<9])))
    try peer.send(
      HTTP2Bytes.frame(.continuation, flags: HTTP2Bytes.endHeaders, on: 1, Array(block[9...]))
    )
    #expect(peer.outcomes[1]?.status == 200)
  }

  @Test("N8 anything else between HEADERS and CONTINUATION ends the connection")
  func interrupted() throws {
    let peer = try Self.connect()
    try peer.send(HTTP2Bytes.frame(.headers, on: 1, []) + HTTP2Bytes.ping())
    try Self.expectEnd(peer, HTTP2Receiver.protocolError)
  }

  @Test("N8 HPACK bomb: a large entry of the table that is named again and again")
  func bomb() throws {
    let peer = try Self.connect()
    let entry: [UInt8] =
      [0x40, 1, UInt8(ascii: "x")] + [127, 0x81, 0x1E] + [UInt8](repeating: 97, count: 4000)
    let block = HTTP2Bytes.block(HTTP2Bytes.pseudoFields("GET", "/hang"))
    let bomb = entry + [UInt8](repeating: 0xBE, count: 12_000)
    try peer.send(HTTP2Bytes.frame(.headers, flags: 5, on: 1, block + bomb))
    #expect(peer.lastWord?.code != nil)
    #expect(peer.lastWord?.code != HTTP2Receiver.noError)
    #expect(!peer.isOpen)
  }

  @Test(
    "N8 HPACK that makes no sense ends the connection",
    arguments: [[0, 0, 1, 65], [0xBE], [0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]]
  )
  func badBlock(block: [UInt8]) throws {
    let peer = try Self.connect()
    try peer.send(HTTP2Bytes.frame(.headers, flags: 5, on: 1, block))
    try Self.expectEnd(peer, HTTP2Receiver.compressionError)
  }

  @Test("N8 a flood of PING, SETTINGS, PRIORITY or what depends on itself")
  func control() throws {
    let floods: [(String, [UInt8])] = [
      ("PING", HTTP2Bytes.ping()), ("SETTINGS", HTTP2Bytes.settings([])),
      ("SETTINGS", HTTP2Bytes.settings([(4, 1), (4, 65_535)])),
      ("acknowledged SETTINGS", HTTP2Bytes.frame(.settings, flags: HTTP2Bytes.acknowledgement)),
      ("PRIORITY", HTTP2Bytes.priority(of: 9, dependsOn: 7)),
    ]
    for (name, frame) in floods {
      let peer = try Self.connect()
      let count = try Self.flood(peer, atMost: 10_000) { _ in frame }
      #expect(count <= 201, "\(name)")
      #expect(peer.lastWord != nil, "\(name)")
      #expect(!peer.isOpen, "\(name)")
    }
  }

  @Test(
    "N8 streams that depend on each other in a circle end nothing, one that depends on itself the connection"
  )
  func dependencies() throws {
    let peer = try Self.connect()
    for stream in [3, 5, 7] {
      try peer.send(HTTP2Bytes.priority(of: stream, dependsOn: stream == 7 ? 3 : stream + 2))
    }
    #expect(try peer.ask("GET", "/hang", on: 3)?.status == 200)
    try peer.send(HTTP2Bytes.priority(of: 9, dependsOn: 9))
    try Self.expectEnd(peer, HTTP2Receiver.protocolError)
  }

  @Test("N8 a few PING are answered")
  func ping() throws {
    let peer = try Self.connect()
    for _ in 0..<50 { try peer.send(HTTP2Bytes.ping()) }
    #expect(peer.frames.count { $0.kind == .ping && $0.flags == HTTP2Bytes.acknowledgement } == 50)
    #expect(try peer.ask("GET", "/hang")?.status == 200)
  }

  @Test("N8 a flood of empty DATA")
  func emptyData() throws {
    let peer = try Self.connect()
    try peer.send(HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: 1, isLast: false))
    let count = try Self.flood(peer, atMost: 10_000) { _ in HTTP2Bytes.data([], on: 1, isLast: false) }
    #expect(count == 2)
    try Self.expectEnd(peer)
  }

  @Test("N8 a flood of frames that nobody counts but us: unknown ones, windows, a body byte by byte")
  func uncounted() throws {
    let floods: [(String, [UInt8])] = [
      ("unknown", HTTP2Bytes.frame(0x42, flags: 0, on: 0, [])), ("windows", HTTP2Bytes.windowUpdate(1)),
      ("padding", HTTP2Bytes.frame(.data, flags: 8, on: 1, [1, 97, 0])),
    ]
    for (name, frame) in floods {
      let peer = try Self.connect()
      try peer.send(HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: 1, isLast: false))
      let count = try Self.flood(peer, atMost: 10_000) { _ in frame }
      #expect(count > 4000 && count <= 4097, "\(name) \(count)")
      #expect(peer.lastWord?.code == HTTP2Receiver.enhanceYourCalm, "\(name)")
      #expect(!peer.isOpen, "\(name)")
    }
  }

  @Test("N8 frames around requests that are answered are no flood")
  func earned() throws {
    let peer = try Self.connect()
    for index in 0..<2000 {
      let stream = 2 * index + 1
      try peer.send(HTTP2Bytes.windowUpdate(1) + HTTP2Bytes.windowUpdate(2) + HTTP2Bytes.windowUpdate(3))
      #expect(try peer.ask("GET", "/hang", on: stream)?.status == 200)
    }
    #expect(peer.lastWord == nil)
  }

  @Test("N8 more streams at a time than were allowed end the connection; as many do not")
  func streams() throws {
    let peer = try Self.connect()
    for index in 0..<100 {
      let fields = HTTP2Bytes.pseudoFields("POST", "/hang")
      try peer.send(HTTP2Bytes.headers(fields, on: 2 * index + 1, isLast: false))
    }
    #expect(peer.lastWord == nil)
    try peer.send(HTTP2Bytes.data([1], on: 3))
    #expect(peer.outcomes[3]?.status == 200)
    try peer.send(HTTP2Bytes.request("GET", "/hang", on: 201))
    #expect(peer.outcomes[201]?.status == 200)
    for stream in [203, 205] {
      try peer.send(HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: stream, isLast: false))
    }
    try Self.expectEnd(peer, HTTP2Receiver.protocolError)
  }

  @Test("N8 streams that keep half a megabyte of headers are enough: the next is to be tried again")
  func heldHeaders() throws {
    let peer = try Self.connect()
    let fields =
      HTTP2Bytes.pseudoFields("POST", "/hang") + [
        ("x", String(repeating: "a", count: 8000)), ("y", String(repeating: "b", count: 7000)),
      ]
    for index in 0..<40 {
      try peer.send(HTTP2Bytes.headers(fields, on: 2 * index + 1, isLast: false))
    }
    let refused = peer.outcomes.filter { $0.value == .reset(HTTP2Receiver.refusedStream) }
    #expect(refused.count == 5)
    #expect(peer.lastWord == nil)
    try peer.send(HTTP2Bytes.data([1], on: 1))
    #expect(peer.outcomes[1]?.status == 200)
    try peer.send(HTTP2Bytes.headers(fields, on: 81))
    #expect(peer.outcomes[81]?.status == 200)
  }

  @Test(
    "N8 what is no HTTP/2 ends the connection",
    arguments: [
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSX\r\n\r\n",
      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ]
  )
  func otherProtocol(text: String) throws {
    let endpoint = HangingEndpoint()
    let peer = try HTTP2Peer([endpoint], begins: false)
    try peer.send(Array(text.utf8))
    try Self.expectEnd(peer, HTTP2Receiver.protocolError)
  }

  /// Frames that cannot be, by what is wrong with them.
  private static let impossible: [(String, [UInt8])] = {
    let head = HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: 1, isLast: false)
    let request = { (stream: Int) in HTTP2Bytes.request("GET", "/hang", on: stream) }
    let large = [UInt8](repeating: 0, count: 16_386)
    var frames: [(String, [UInt8])] = []
    func add(_ name: String, _ bytes: [UInt8]) { frames.append((name, bytes)) }
    add("DATA of no stream", HTTP2Bytes.data([1], on: 0))
    add("DATA of one that did not begin", HTTP2Bytes.data([1], on: 1))
    add("HEADERS of no stream", request(0))
    add("HEADERS of a stream of ours", request(2))
    add("SETTINGS of a stream", HTTP2Bytes.frame(.settings, on: 1))
    add("SETTINGS cut off", HTTP2Bytes.frame(.settings, [0, 1]))
    add("PING cut off", HTTP2Bytes.frame(.ping, [1]))
    add("RST_STREAM of none", HTTP2Bytes.reset(0))
    add("RST_STREAM of one that did not begin", HTTP2Bytes.reset(9))
    add("PUSH_PROMISE", HTTP2Bytes.frame(.pushPromise, flags: 4, on: 1, [0, 0, 0, 2]))
    add("CONTINUATION of nothing", HTTP2Bytes.frame(.continuation, flags: 4, on: 1))
    add("more padding than frame", HTTP2Bytes.frame(.headers, flags: 13, on: 1, [200, 0x82]))
    add("a frame that is too large", HTTP2Bytes.frame(.settings, large))
    add("a stream that goes back", head + request(5) + request(3))
    add("a window of nothing", HTTP2Bytes.windowUpdate(0))
    add("a window beyond all", HTTP2Bytes.windowUpdate(0x7FFF_FFFF))
    add("a first window beyond all", HTTP2Bytes.settings([(4, 0x8000_0000)]))
    add("a frame size beyond all", HTTP2Bytes.settings([(5, 1)]))
    return frames
  }()

  @Test("N8 frames that cannot be end the connection")
  func endsByTheImpossible() throws {
    for (name, bytes) in HTTP2FloodTests.impossible {
      let peer = try Self.connect()
      try peer.send(bytes)
      #expect(peer.lastWord != nil, "\(name)")
      #expect(peer.lastWord?.code != HTTP2Receiver.noError, "\(name)")
      #expect(!peer.isOpen, "\(name)")
    }
  }
}
