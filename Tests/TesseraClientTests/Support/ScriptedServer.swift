import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A small HTTP server that answers what a test tells it to.
final class ScriptedServer: Sendable {
  /// One answer.
  enum Answer: Sendable {
    case respond(status: Int = 200, headers: [(String, String)] = [], body: String)
    /// The start of a response, and then nothing more.
    case begin
    /// Nothing, until the test says how to go on.
    case hold
    /// Closes the connection.
    case close
  }

  /// One request as it came.
  struct Request: Sendable {
    let method: String
    let target: String
    let headers: HTTPHeaders
    let body: String
    /// The certificate that the client showed, in DER; nil for none.
    var certificate: [UInt8]?

    /// The parameters of a form.
    var form: [String: String] {
      let pairs = body.split(separator: "&").map {
        $0.split(separator: "=", omittingEmptySubsequences: false)
      }
      return Dictionary(pairs.map { (String($0[0]), String($0[1])) }) { first, _ in first }
    }

    /// The parameters of a form, decoded.
    var parameters: [String: String] { form.mapValues { $0.removingPercentEncoding ?? "" } }

    /// The client assertion (RFC 7521 §4.2); empty for none.
    var assertion: String { form["client_assertion"] ?? "" }
  }

  private struct State {
    var answers: [Answer] = []
    var otherwise = Answer.close
    var requests: [Request] = []
    var held: [@Sendable (Answer) -> Void] = []
  }

  private let state = Mutex(State())
  private let channel = Mutex<(any Channel)?>(nil)
  private let scheme: String

  private init(scheme: String) {
    self.scheme = scheme
  }

  /// Starts a server, runs the test and stops it.
  static func run<Result>(tls: NIOSSLContext? = nil, _ body: (ScriptedServer) async throws -> Result)
    async throws -> Result
  {
    let server = ScriptedServer(scheme: tls == nil ? "http" : "https")
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
          }
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
          try channel.pipeline.syncOperations.addHandler(ScriptedHandler(server))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    server.channel.withLock { $0 = channel }
    do {
      let result = try await body(server)
      try await channel.close().get()
      return result
    } catch {
      try await channel.close().get()
      throw error
    }
  }

  /// Where it listens.
  var url: String {
    "\(scheme)://127.0.0.1:\(channel.withLock { $0?.localAddress?.port } ?? 0)"
  }

  /// What came so far.
  var requests: [Request] { state.withLock { $0.requests } }

  /// Gives these answers to the next requests, one each.
  func enqueue(_ answers: Answer...) {
    state.withLock { $0.answers += answers }
  }

  /// What is answered when nothing is queued.
  func otherwise(_ answer: Answer) {
    state.withLock { $0.otherwise = answer }
  }

  /// Answers the requests that are held.
  func release(_ answer: Answer) {
    let held = state.withLock { state in
      defer { state.held = [] }
      return state.held
    }
    for respond in held { respond(answer) }
  }

  /// Waits until this many requests have come.
  func untilRequests(_ count: Int) async {
    await until { self.requests.count >= count }
  }

  /// Answers a request, now or when the test says.
  func answer(_ request: Request, _ respond: @escaping @Sendable (Answer) -> Void) {
    let answer = state.withLock { state in
      state.requests.append(request)
      let answer = state.answers.isEmpty ? state.otherwise : state.answers.removeFirst()
      if case .hold = answer { state.held.append(respond) }
      return answer
    }
    if case .hold = answer { return }
    respond(answer)
  }
}
