import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A receiver of Security Event Tokens (RFC 8935) that answers what a test tells it to.
package final class EventReceiver: Sendable {
  /// One answer.
  package enum Answer: Sendable {
    case respond(Int, headers: [(String, String)] = [], body: String = "")
    /// Nothing.
    case hold

    /// The event was taken.
    package static let accept = Answer.respond(202)
  }

  /// One request as it came.
  package struct Request: Sendable {
    package let method: String
    package let target: String
    package let contentType: String?
    package let body: String
  }

  private struct State {
    var answers: [Answer] = []
    var otherwise = Answer.accept
    var requests: [Request] = []
    var accepted: [String] = []
  }

  private let state = Mutex(State())
  private let isSecure: Bool
  private let channel: any Channel

  /// Listens at a free port; with a certificate it speaks TLS. The same port again, where one is given.
  package init(_ certificate: TestCertificate? = nil, port: Int = 0) async throws {
    let context = try certificate.map { certificate in
      try NIOSSLContext(
        configuration: .makeServerConfiguration(
          certificateChain: certificate.chain.map {
            .certificate(try NIOSSLCertificate(bytes: Array($0.utf8), format: .pem))
          },
          privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(certificate.key.utf8), format: .pem))
        )
      )
    }
    isSecure = context != nil
    let box = AnswerBox()
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
          try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
          try pipeline.addHandler(EventHandler(box))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    box.set { [weak self] in self?.answer($0) ?? .respond(503) }
  }

  package var port: Int { channel.localAddress?.port ?? 0 }

  /// Where events go.
  package var url: String { "\(isSecure ? "https" : "http")://127.0.0.1:\(port)/events" }

  /// What came so far.
  package var requests: [Request] { state.withLock { $0.requests } }

  /// The tokens that came and were answered 202.
  package var accepted: [String] { state.withLock { $0.accepted } }

  /// Gives these answers to the next requests, one each.
  package func enqueue(_ answers: Answer...) {
    state.withLock { $0.answers += answers }
  }

  /// What is answered when nothing is queued.
  package func otherwise(_ answer: Answer) {
    state.withLock { $0.otherwise = answer }
  }

  package func stop() async throws {
    try await channel.close().get()
  }

  private func answer(_ request: Request) -> Answer {
    state.withLock { state in
      state.requests.append(request)
      let answer = state.answers.isEmpty ? state.otherwise : state.answers.removeFirst()
      if case .respond(202, _, _) = answer { state.accepted.append(request.body) }
      return answer
    }
  }
}

/// What answers, once there is somebody.
private final class AnswerBox: Sendable {
  private let answer = Mutex<(@Sendable (EventReceiver.Request) -> EventReceiver.Answer)?>(nil)

  func set(_ answer: @escaping @Sendable (EventReceiver.Request) -> EventReceiver.Answer) {
    self.answer.withLock { $0 = answer }
  }

  func callAsFunction(_ request: EventReceiver.Request) -> EventReceiver.Answer {
    answer.withLock { $0 }?(request) ?? .respond(503)
  }
}

private final class EventHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let answer: AnswerBox
  private var head: HTTPRequestHead?
  private var body = ""

  init(_ answer: AnswerBox) {
    self.answer = answer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): (self.head, body) = (head, "")
    case .body(let bytes): body += String(buffer: bytes)
    case .end:
      guard let head else { return }
      let request = EventReceiver.Request(
        method: head.method.rawValue,
        target: head.uri,
        contentType: head.headers.first(name: "Content-Type"),
        body: body
      )
      guard case .respond(let status, let fields, let text) = answer(request) else { return }
      var headers = HTTPHeaders(fields)
      headers.add(name: "Connection", value: "close")
      headers.add(name: "Content-Length", value: String(text.utf8.count))
      let response = HTTPResponseHead(
        version: .http1_1,
        status: HTTPResponseStatus(statusCode: status),
        headers: headers
      )
      context.write(wrapOutboundOut(.head(response)), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
      // So that nobody is answered any more once it has stopped.
      let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
      context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
        loopBound.value.close(promise: nil)
      }
    }
  }
}
