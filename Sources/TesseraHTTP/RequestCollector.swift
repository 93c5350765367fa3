import NIOCore
import NIOHTTP1
import TesseraCore

/// Collects one request from its parts and refuses what is out of bounds.
struct RequestCollector {
  private let table: EndpointTable
  private let maximumBodySize: Int
  private(set) var head: RequestHead?
  private var body: [UInt8] = []

  init(table: EndpointTable, maximumBodySize: Int) {
    self.table = table
    self.maximumBodySize = maximumBodySize
  }

  mutating func begin(_ head: HTTPRequestHead, _ framing: MessageFraming) -> RequestParser.Piece {
    let collected = RequestHead(head, framing, table)
    do throws(MessageProblem) {
      try framing.check(head.version)
      let length = framing.contentLength ?? 0
      guard length <= maximumBodySize else { throw .bodyTooLarge }
      self.head = collected
      body.reserveCapacity(length)
    } catch {
      return .refusal(error.refusal, collected)
    }
    return framing.expectsContinue(head.version) ? .expectation : .nothing
  }

  mutating func append(_ bytes: ByteBuffer) -> RequestParser.Piece {
    guard let head else { return .nothing }
    guard body.count + bytes.readableBytes <= maximumBodySize else {
      return .refusal(MessageProblem.bodyTooLarge.refusal, head)
    }
    body.append(contentsOf: bytes.readableBytesView)
    return .nothing
  }

  mutating func end() -> RequestParser.Piece {
    guard let head else { return .nothing }
    defer {
      self.head = nil
      body = []
    }
    return .request(CollectedRequest(head: head, body: body))
  }
}
