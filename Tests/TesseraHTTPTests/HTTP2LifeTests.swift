import NIOCore
import NIOExtras
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// Deadlines of an HTTP/2 connection and of its streams, and how it ends.
@Suite struct HTTP2LifeTests {
  private static func connect(_ dialect: any Dialect = ContractDialect()) throws -> HTTP2Peer {
    let endpoint = HangingEndpoint(dialect: dialect)
    endpoint.release()
    return try HTTP2Peer([endpoint])
  }

  @Test("A connection without a request is closed after a minute, whatever else it sends")
  func idle() throws {
    let peer = try Self.connect()
    for _ in 0..<5 {
      try peer.pass(.milliseconds(11_999))
      try peer.send(HTTP2Bytes.ping())
    }
    #expect(peer.isOpen)
    try peer.pass(.milliseconds(5))
    #expect(peer.lastWord?.code == HTTP2Receiver.noError)
    #expect(peer.lastWord?.lastStream == 0)
    #expect(!peer.isOpen)
  }

  @Test func theMinuteBeginsAnewWithEachAnswer() throws {
    let peer = try Self.connect()
    for stream in [1, 3, 5] {
      try peer.pass(.milliseconds(59_999))
      #expect(try peer.ask("GET", "/hang", on: stream)?.status == 200)
    }
    try peer.pass(.milliseconds(59_999))
    #expect(peer.isOpen)
    try peer.pass(.milliseconds(1))
    #expect(peer.lastWord?.lastStream == 5)
    #expect(!peer.isOpen)
  }

  @Test func aConnectionThatDoesNotBeginIsClosedAfterAMinute() throws {
    let peer = try HTTP2Peer([], begins: false)
    try peer.send(Array("PRI * HTTP/2.0\r\n".utf8))
    try peer.pass(.milliseconds(60_000))
    #expect(!peer.isOpen)
  }

  @Test("A request may take ten seconds from its first frame, and is refused in the dialect of its endpoint")
  func late() throws {
    let texts = [
      (ContractDialect() as any Dialect, "Invalid request: Request took too long"),
      (RFC6749Dialect(errors: RFC6749Errors(documentation: nil)), "Request took too long"),
    ]
    for (dialect, text) in texts {
      let peer = try Self.connect(dialect)
      try peer.send(HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: 1, isLast: false))
      try peer.pass(.milliseconds(5_000))
      // Another one has its own ten seconds, and bytes move nothing.
      try peer.send(HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: 3, isLast: false))
      try peer.send(HTTP2Bytes.data([1], on: 1, isLast: false))
      try peer.pass(.milliseconds(4_999))
      #expect(peer.outcomes.isEmpty)
      try peer.pass(.milliseconds(1))
      guard case .answer(let response) = peer.outcomes[1] else {
        Issue.record("no answer")
        return
      }
      #expect(response.status == 408)
      #expect(response.text.contains(text))
      #expect(peer.outcomes[3] == nil)
      // The rest of it is not wanted (RFC 9113 §8.1).
      #expect(
        peer.frames.contains { $0.kind == .reset && $0.stream == 1 && $0.code == HTTP2Receiver.noError }
      )
      try peer.send(HTTP2Bytes.data([1], on: 1))
      try peer.send(HTTP2Bytes.data([1], on: 3))
      #expect(peer.outcomes[3]?.status == 200)
      #expect(peer.lastWord == nil)
    }
  }

  // MARK: The end

  private static func stop(_ peer: HTTP2Peer) throws {
    try peer.trigger(ChannelShouldQuiesceEvent())
  }

  /// Answers the server's PING.
  private static func hear(_ peer: HTTP2Peer) throws {
    let ping = try #require(peer.frames.last { $0.kind == .ping && $0.flags == 0 })
    try peer.send(HTTP2Bytes.ping(ping.payload, isAnswer: true))
  }

  @Test(
    "N11 a server that stops says so, answers what was sent before that was heard, and names the last stream"
  )
  func stops() throws {
    let peer = try Self.connect()
    try peer.send(HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: 1, isLast: false))
    try Self.stop(peer)
    #expect(peer.lastWord?.code == HTTP2Receiver.noError)
    #expect(peer.lastWord?.lastStream == 0x7FFF_FFFF)
    // This one was on its way.
    #expect(try peer.ask("GET", "/hang", on: 3)?.status == 200)
    try Self.hear(peer)
    #expect(peer.lastWord?.lastStream == 3)
    #expect(peer.isOpen)
    try peer.send(HTTP2Bytes.data([1], on: 1))
    #expect(peer.outcomes[1]?.status == 200)
    #expect(!peer.isOpen)
  }

  @Test("N11 a stream that begins after the last is refused")
  func refusesAfterTheLast() throws {
    let peer = try Self.connect()
    try peer.send(HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: 1, isLast: false))
    try Self.stop(peer)
    try Self.hear(peer)
    try peer.send(HTTP2Bytes.request("GET", "/hang", on: 3))
    #expect(peer.outcomes[3]?.status == nil)
    try peer.send(HTTP2Bytes.data([1], on: 1))
    #expect(peer.outcomes[1]?.status == 200)
  }

  @Test("N11 a connection without requests ends when the peer has heard, or after two seconds")
  func stopsIdle() throws {
    let heard = try Self.connect()
    try Self.stop(heard)
    #expect(heard.isOpen)
    try Self.hear(heard)
    #expect(!heard.isOpen)

    let deaf = try Self.connect()
    try Self.stop(deaf)
    try deaf.pass(.milliseconds(1_999))
    #expect(deaf.isOpen)
    try deaf.pass(.milliseconds(1))
    #expect(deaf.lastWord?.lastStream == 0)
    #expect(!deaf.isOpen)
  }

  @Test func aPeerThatLeavesIsAnsweredFirst() throws {
    let peer = try Self.connect()
    try peer.send(HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: 1, isLast: false))
    try peer.send(HTTP2Bytes.goAway())
    #expect(peer.isOpen)
    try peer.send(HTTP2Bytes.data([1], on: 1))
    #expect(peer.outcomes[1]?.status == 200)
    #expect(!peer.isOpen)
  }

  @Test func aPeerThatClosesItsHalfIsAnsweredFirst() throws {
    let peer = try Self.connect()
    try peer.setWritable(false)
    try peer.send(HTTP2Bytes.request("GET", "/hang", on: 1))
    try peer.send(HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: 3, isLast: false))
    try peer.trigger(ChannelEvent.inputClosed)
    #expect(peer.isOpen)
    try peer.setWritable(true)
    #expect(peer.outcomes[1]?.status == 200)
    #expect(!peer.isOpen)
    // What was not whole was not acted upon.
    #expect(peer.log.lines.count { $0.hasPrefix("request ") } == 1)
  }
}
