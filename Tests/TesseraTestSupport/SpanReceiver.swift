import Logging
import NIOPosix
import Synchronization
package import TesseraCore
import TesseraHTTP
import TesseraSupport

/// A collector that takes spans by OTLP over HTTP, and answers as a test wants.
package final class SpanReceiver: Endpoint {
  /// What was sent to it.
  package struct Received: Sendable {
    package let contentType: [String]
    package let body: [UInt8]
  }

  package let path = "/v1/traces"
  private let all = Mutex<[Received]>([])
  private let answers: Mutex<[(status: Int, body: String)]>

  private init(_ answers: [(status: Int, body: String)]) {
    self.answers = Mutex(answers)
  }

  /// Everything that was sent to it, in order.
  package var received: [Received] { all.withLock { $0 } }

  /// Starts one at a free port, which gives these answers to the first requests and 200 to all others, runs the test, and
  /// stops it.
  package static func run(
    answering answers: [(status: Int, body: String)] = [],
    _ body: (_ receiver: SpanReceiver, _ port: Int) async throws -> Void
  ) async throws {
    let receiver = SpanReceiver(answers)
    var limits = HTTPLimits()
    limits.maximumBodySize = 16 << 20
    (limits.requestTimeout, limits.idleTimeout) = (600, 600)
    let server = try await HTTPServer.start(
      [HTTPListener(host: "127.0.0.1", port: 0)],
      routes: { _ in [receiver.path: receiver] },
      limits: limits,
      group: .singleton,
      logger: Logger(label: "collector") { _ in SwiftLogNoOpLogHandler() }
    )
    do {
      try await body(receiver, server.ports[0])
      await server.stop()
    } catch {
      await server.stop()
      throw error
    }
  }

  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    let received = Received(
      contentType: exchange.request.headers.values(.contentType),
      body: exchange.request.body
    )
    all.withLock { $0.append(received) }
    let answer = answers.withLock { $0.isEmpty ? (200, "{}") : $0.removeFirst() }
    return EndpointResponse(
      status: answer.0,
      headers: ["Content-Type": "application/json"],
      body: Array(answer.1.utf8)
    )
  }

  package func response(for error: OAuthError) -> EndpointResponse {
    RFC6749Errors(documentation: nil).response(for: error)
  }
}
