import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

// The floor: what HTTP/1.1 on SwiftNIO costs when there is nothing to decide. It parses each request with NIO's own
// parser, reads its whole body, and answers with the same bytes.
//
// Usage: floor PORT ANSWER [pipeline]. ANSWER is a file with a whole response, status line to body. With `pipeline` the
// same is done as most servers on SwiftNIO do it, by configureHTTPServerPipeline, which has the response encoded for each
// request; without, it is one buffer that is there already, which is faster and so the floor.

let arguments = CommandLine.arguments
guard arguments.count == 3 || arguments.dropFirst(3) == ["pipeline"], let port = Int(arguments[1]),
  let answer = FileManager.default.contents(atPath: arguments[2])
else {
  print("usage: floor PORT ANSWER [pipeline]")
  exit(2)
}

let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let channel = try await ServerBootstrap(group: group)
  .serverChannelOption(.backlog, value: 1024)
  .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
  .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
  .childChannelInitializer { channel in
    channel.eventLoop.makeCompletedFuture {
      if arguments.count == 4 {
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
          withPipeliningAssistance: false,
          withErrorHandling: false
        )
        try channel.pipeline.syncOperations.addHandler(EncodedAnswer(answer))
      } else {
        try channel.pipeline.syncOperations.addHandlers(
          ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
          FixedAnswer(ByteBuffer(bytes: answer))
        )
      }
    }
  }
  .bind(host: "127.0.0.1", port: port).get()
try await channel.closeFuture.get()

private final class FixedAnswer: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = ByteBuffer

  private let answer: ByteBuffer
  private var bodyLength = 0

  init(_ answer: ByteBuffer) {
    self.answer = answer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: bodyLength = 0
    case .body(let bytes): bodyLength += bytes.readableBytes
    case .end: context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

/// The same answer as a head and a body, which NIO encodes.
private final class EncodedAnswer: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let head: HTTPResponseHead
  private let body: ByteBuffer
  private var bodyLength = 0

  init(_ answer: Data) {
    let text = String(decoding: answer, as: UTF8.self)
    let end = text.firstRange(of: "\r\n\r\n")
    var headers = HTTPHeaders()
    for line in text[..<(end?.lowerBound ?? text.endIndex)].split(separator: "\r\n").dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers.add(name: String(parts[0]), value: parts[1].trimmingCharacters(in: .whitespaces))
    }
    head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
    body = ByteBuffer(string: String(text[(end?.upperBound ?? text.endIndex)...]))
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: bodyLength = 0
    case .body(let bytes): bodyLength += bytes.readableBytes
    case .end:
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
