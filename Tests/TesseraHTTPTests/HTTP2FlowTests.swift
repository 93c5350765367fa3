import NIOCore
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraHTTP

/// Flow control: who may send how much.
@Suite struct HTTP2FlowTests {
  private static func connect(_ body: [UInt8] = Array("done".utf8), window: Int = 65_535) throws -> HTTP2Peer
  {
    let endpoint = HangingEndpoint(body: body)
    endpoint.release()
    let peer = try HTTP2Peer([endpoint])
    try peer.send(HTTP2Bytes.settings([(4, window)]))
    return peer
  }

  @Test("N9 an answer waits for the peer to open its window, byte by byte if need be")
  func waits() throws {
    let peer = try Self.connect(window: 0)
    #expect(try peer.ask("GET", "/hang") == nil)
    #expect(!peer.frames.contains { $0.kind == .data })
    for byte in "done".utf8.dropLast() {
      try peer.send(HTTP2Bytes.windowUpdate(1, on: 1))
      #expect(peer.frames.last?.payload == [byte])
      #expect(peer.outcomes[1] == nil)
    }
    try peer.send(HTTP2Bytes.windowUpdate(1, on: 1))
    guard case .answer(let response) = peer.outcomes[1] else {
      Issue.record("no answer")
      return
    }
    #expect(response.text == "done")
  }

  @Test("N9 an answer that nobody takes is given up after ten seconds, and the connection goes on")
  func isGivenUp() throws {
    let peer = try Self.connect(window: 0)
    #expect(try peer.ask("GET", "/hang") == nil)
    try peer.pass(.milliseconds(9_999))
    #expect(peer.outcomes[1] == nil)
    try peer.pass(.milliseconds(1))
    #expect(peer.outcomes[1] == .reset(HTTP2Receiver.cancel))
    try peer.send(HTTP2Bytes.settings([(4, 100)]))
    #expect(try peer.ask("GET", "/hang", on: 3)?.status == 200)
  }

  @Test("N9 a peer that takes nothing is owed 64 KiB at most: further requests wait, and then are refused")
  func owesLittle() throws {
    let size = 16_384
    let peer = try Self.connect([UInt8](repeating: 97, count: size), window: 0)
    for index in 0..<50 { try peer.send(HTTP2Bytes.request("GET", "/hang", on: 2 * index + 1)) }
    #expect(peer.frames.count { $0.kind == .headers } == 4)
    // What was asked is answered as soon as what came before is taken.
    try peer.send(HTTP2Bytes.windowUpdate(size, on: 1))
    #expect(peer.outcomes[1]?.status == 200)
    #expect(peer.frames.count { $0.kind == .headers } == 5)
    try peer.pass(.seconds(10))
    #expect(peer.outcomes.values.count { $0 == .reset(HTTP2Receiver.cancel) } == 4)
    try peer.pass(.seconds(10))
    #expect(peer.outcomes.count == 50)
    #expect(peer.lastWord == nil)
    // After all that it is idle.
    try peer.pass(.seconds(60))
    #expect(!peer.isOpen)
  }

  @Test("N9 a window that is opened too far is an error of its stream")
  func overflow() throws {
    let peer = try Self.connect(window: 0)
    #expect(try peer.ask("GET", "/hang") == nil)
    try peer.send(HTTP2Bytes.windowUpdate(0x7FFF_FFFF, on: 1))
    try peer.send(HTTP2Bytes.windowUpdate(0x7FFF_FFFF, on: 1))
    #expect(peer.outcomes[1] != nil)
    let other = try Self.connect(window: 0)
    #expect(try other.ask("GET", "/hang") == nil)
    try other.send(HTTP2Bytes.windowUpdate(0, on: 1))
    #expect(other.outcomes[1] == .reset(HTTP2Receiver.protocolError) || other.lastWord != nil)
  }

  @Test("N9 the peer may send bodies as long as it likes, one after another, and those too that nobody wants")
  func opensTheWindow() throws {
    let peer = try Self.connect()
    let body = [UInt8](repeating: 97, count: 16_384)
    for index in 0..<100 {
      #expect(try peer.ask("POST", "/hang", body: body, on: 2 * index + 1)?.status == 200)
    }
    let opened = peer.frames.filter { $0.kind == .windowUpdate && $0.stream == 0 }
    #expect(opened.count >= 100 * 16_384 / 65_535)
    // Too long a one is refused while it comes.
    for index in 100..<120 {
      let stream = 2 * index + 1
      try peer.send(HTTP2Bytes.headers(HTTP2Bytes.pseudoFields("POST", "/hang"), on: stream, isLast: false))
      for _ in 0..<3 { try peer.send(HTTP2Bytes.data(body, on: stream, isLast: false)) }
      #expect(peer.outcomes[stream]?.status == 413)
    }
    #expect(try peer.ask("POST", "/hang", body: body, on: 301)?.status == 200)
    #expect(peer.lastWord == nil)
  }

  @Test("N9 a peer that sends more than it may ends the connection")
  func sendsTooMuch() throws {
    let peer = try Self.connect()
    let fields = HTTP2Bytes.pseudoFields("POST", "/hang")
    // In one read, so that nothing is opened in between.
    let body = HTTP2Bytes.data([UInt8](repeating: 97, count: 16_384), on: 1, isLast: false)
    try peer.send(HTTP2Bytes.headers(fields, on: 1, isLast: false) + body)
    try peer.send(HTTP2Bytes.data([97], on: 1, isLast: false))
    #expect(peer.outcomes[1]?.status == 413)
    #expect(try peer.ask("GET", "/hang", on: 3)?.status == 200)
  }

  @Test("N9 while the channel takes nothing, nothing is taken from the peer")
  func holdsBack() throws {
    let peer = try Self.connect()
    try peer.setWritable(false)
    for index in 0..<50 { try peer.send(HTTP2Bytes.request("GET", "/hang", on: 2 * index + 1)) }
    #expect(peer.log.lines.isEmpty)
    try peer.setWritable(true)
    #expect(peer.outcomes.values.count { $0.status == 200 } == 50)
  }
}
