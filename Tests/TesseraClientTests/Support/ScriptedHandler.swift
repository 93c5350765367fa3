import NIOCore
import NIOHTTP1
import NIOSSL

/// Reads whole requests and writes what the server says.
final class ScriptedHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let server: ScriptedServer
  private var head: HTTPRequestHead?
  private var body = ""

  init(_ server: ScriptedServer) {
    self.server = server
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = ""
    case .body(let bytes):
      body += String(buffer: bytes)
    case .end:
      guard let head else { return }
      let channel = context.channel
      server.answer(
        ScriptedServer.Request(
          method: head.method.rawValue,
          target: head.uri,
          headers: head.headers,
          body: body,
          certificate: ScriptedHandler.certificate(context)
        )
      ) { ScriptedHandler.write($0, to: channel) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private static func certificate(_ context: ChannelHandlerContext) -> [UInt8]? {
    let tls = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
    return try? tls?.peerCertificate?.toDERBytes()
  }

  private static func write(_ answer: ScriptedServer.Answer, to channel: any Channel) {
    switch answer {
    case .respond(let status, let headers, let body):
      var fields = HTTPHeaders(headers)
      fields.add(name: "Content-Length", value: "\(body.utf8.count)")
      let head = HTTPResponseHead(
        version: .http1_1,
        status: HTTPResponseStatus(statusCode: status),
        headers: fields
      )
      channel.write(HTTPServerResponsePart.head(head), promise: nil)
      channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: body))), promise: nil)
      channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
    case .begin:
      let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "100"])
      channel.write(HTTPServerResponsePart.head(head), promise: nil)
      channel.writeAndFlush(
        HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: "{"))),
        promise: nil
      )
    case .hold: break
    case .close: channel.close(promise: nil)
    }
  }
}
