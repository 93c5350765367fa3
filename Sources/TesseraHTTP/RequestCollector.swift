import NIOCore
import NIOHTTP1
import TesseraCore

/// Collects one request from its parts and refuses what is out of bounds.
///
/// A pure state machine: it knows no channel and no time.
struct RequestCollector {
  /// What to do next.
  enum Step {
    /// Wait for more.
    case wait
    /// Tell the client to send the body (RFC 9110 §10.1.1).
    case sendContinue
    /// Answer this request.
    case answer(CollectedRequest)
    /// Refuse, without waiting for the rest, which the connection cannot be used after.
    case refuse(OAuthError, RequestHead)
  }

  private let table: EndpointTable
  private let maximumBodySize: Int
  private var head: HTTPRequestHead?
  private var match: EndpointTable.Match
  private var body: [UInt8] = []
  private var wantsOtherProtocol = false

  init(table: EndpointTable, maximumBodySize: Int) {
    self.table = table
    self.maximumBodySize = maximumBodySize
    match = ("", UnknownPath())
  }

  mutating func receive(_ part: HTTPServerRequestPart) -> Step {
    switch part {
    case .head(let head): return begin(head)
    case .body(let bytes):
      guard let head else { return .wait }
      guard body.count + bytes.readableBytes <= maximumBodySize else { return bodyTooLarge(head) }
      body.append(contentsOf: bytes.readableBytesView)
      return .wait
    case .end:
      guard let head else { return .wait }
      var collected = RequestHead(head, match)
      // What follows on the connection is not HTTP/1.1 for the peer, nor for the parser, which stops after it.
      if wantsOtherProtocol { collected.isKeepAlive = false }
      let request = CollectedRequest(head: collected, body: body)
      reset()
      return .answer(request)
    }
  }

  private mutating func begin(_ head: HTTPRequestHead) -> Step {
    self.head = head
    match = table.match(target: head.uri)
    let framing = MessageFraming(head.headers)
    do throws(MessageProblem) {
      try framing.check(head.version)
    } catch {
      reset()
      return .refuse(error.refusal, RequestHead(head, match))
    }
    // We offer no other protocol, so we answer and close (RFC 9110 §7.8).
    wantsOtherProtocol = framing.hasUpgrade
    if let length = framing.contentLength {
      guard length <= maximumBodySize else { return bodyTooLarge(head) }
      body.reserveCapacity(length)
    }
    return framing.expectsContinue(head.version) ? .sendContinue : .wait
  }

  private mutating func bodyTooLarge(_ head: HTTPRequestHead) -> Step {
    defer { reset() }
    return .refuse(
      OAuthError(.invalidRequest, .bodyTooLarge, status: 413),
      RequestHead(head, match)
    )
  }

  private mutating func reset() {
    head = nil
    body = []
  }
}
