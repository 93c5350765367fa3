import Foundation
import Logging
import NIOPosix
import Synchronization
import TesseraCore
import TesseraHTTP
import TesseraTestSupport

/// An endpoint whose store answers when the test lets it.
final class HangingEndpoint: Endpoint {
  let path = "/hang"
  private let body: [UInt8]
  private let awaited: Awaited
  private let dialect: any Dialect
  private let state = Mutex((isReleased: false, waiting: [CheckedContinuation<Void, Never>](), arrived: 0))

  init(
    body: [UInt8] = Array("done".utf8),
    awaiting awaited: Awaited = .store,
    dialect: any Dialect = ContractDialect()
  ) {
    self.body = body
    self.awaited = awaited
    self.dialect = dialect
  }

  /// No deadline strikes by chance on a machine that is busy with other tests.
  static let patient: HTTPLimits = {
    var limits = HTTPLimits()
    limits.requestTimeout = 120
    limits.idleTimeout = 300
    limits.drainTimeout = 600
    limits.lingerTime = 20
    limits.handshakeTimeout = 600
    return limits
  }()

  /// How many requests have come to wait.
  var arrived: Int { state.withLock { $0.arrived } }

  /// Lets all requests go on, those to come too.
  func release() {
    let waiting = state.withLock { state in
      state.isReleased = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    let isReleased = state.withLock { state in
      state.arrived += 1
      return state.isReleased
    }
    guard isReleased else {
      throw .awaiting(awaited) { () async throws(OAuthError) in
        await withCheckedContinuation { continuation in
          let goesOn = self.state.withLock { state in
            if !state.isReleased { state.waiting.append(continuation) }
            return state.isReleased
          }
          if goesOn { continuation.resume() }
        }
      }
    }
    return EndpointResponse(status: 200, headers: [:], body: body)
  }

  func response(for error: OAuthError) -> EndpointResponse {
    dialect.response(for: error)
  }

  /// Runs a listener with only this endpoint.
  static func run(
    _ endpoint: HangingEndpoint,
    _ limits: HTTPLimits = patient,
    log: TestLog = TestLog(),
    _ body: (Int) async throws -> Void
  ) async throws {
    let server = try await start(endpoint, limits, log: log)
    try await body(server.ports[0])
    await server.stop()
  }

  /// Starts a listener with only this endpoint.
  ///
  /// With a group of one thread the connections are served in turn, so that an answer on one says that what was
  /// sent before on another has been seen.
  static func start(
    _ endpoint: HangingEndpoint,
    _ limits: HTTPLimits = patient,
    log: TestLog = TestLog(),
    group: MultiThreadedEventLoopGroup = .singleton
  ) async throws -> HTTPServer {
    try await HTTPServer.start(
      [HTTPListener(host: "127.0.0.1", port: 0)],
      routes: { _ in [endpoint.path: endpoint] },
      limits: limits,
      group: group,
      logger: log.logger
    )
  }
}
