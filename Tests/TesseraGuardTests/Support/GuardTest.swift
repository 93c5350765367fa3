import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TesseraTestSupport

@testable import TesseraGuard

/// A verifier with everything that a test moves or looks at.
struct GuardTest: Sendable {
  let server: ScriptedServer
  let verifier: AccessTokenVerifier
  let clock: ManualClock
  let log: TestLog
  let metrics: CountingMetrics

  /// What a test can choose.
  struct Options {
    var credentials = IntrospectionCredentials.secret(clientID: "the api", GuardTest.secret)
    var settings = AccessTokenVerifier.Settings()
    /// Where to ask instead of the scripted server.
    var endpoint: String?
  }

  /// The time of day, in seconds since the epoch, when a test begins.
  static let start: Int64 = 1_691_671_317
  static let secret = "ECOTBQNP44IFPCVMQNSZ"

  /// Runs the test with a server of its own.
  ///
  /// A test whose only `try` is in `#expect` has to say that it throws, because the compiler looks for `try` before
  /// it expands macros.
  static func run<Result>(
    _ change: (inout Options) -> Void = { _ in },
    _ body: (GuardTest) async throws -> Result
  ) async throws -> Result {
    var options = Options()
    change(&options)
    return try await ScriptedServer.run { server in
      try await withTestHTTPClient { httpClient in
        let clock = ManualClock()
        let log = TestLog()
        let metrics = CountingMetrics()
        let verifier = try AccessTokenVerifier(
          introspectionEndpoint: options.endpoint ?? server.url + "/oauth2/introspect",
          credentials: options.credentials,
          settings: options.settings,
          httpClient: httpClient,
          clock: clock,
          wallClock: {
            Date(timeIntervalSince1970: Double(start) + clock.now.offset / .seconds(1))
          },
          logger: log.logger,
          metrics: metrics
        )
        return try await body(
          GuardTest(server: server, verifier: verifier, clock: clock, log: log, metrics: metrics)
        )
      }
    }
  }

  /// How many tokens are remembered as valid, and as invalid.
  var remembered: [Int] { strategy.table.withLock { [$0.activeCount, $0.inactiveCount] } }

  /// How many callers wait for a verdict.
  var waiting: Int { strategy.table.withLock { $0.waiterCount } }

  private var strategy: IntrospectionVerification {
    guard let strategy = verifier.strategy as? IntrospectionVerification else {
      preconditionFailure("the verifier asks about every token")
    }
    return strategy
  }

  /// Whether a token is valid, or why it is not known.
  func verdict(_ token: String = "a-token") async -> Verdict { await Verdict(verifier, token) }

  enum Verdict: Equatable {
    case valid, invalid
    case unknown(Outage.Reason)

    init(_ verifier: AccessTokenVerifier, _ token: String) async {
      do throws(VerificationError) {
        _ = try await verifier.verify(token)
        self = .valid
      } catch {
        switch error {
        case .invalidToken: self = .invalid
        case .unavailable(let outage): self = .unknown(outage.reason)
        }
      }
    }
  }
}

/// An HTTP client that reports a refused connection at once, and waits for one on a machine that is busy.
func withTestHTTPClient<Result>(_ body: (HTTPClient) async throws -> Result) async throws -> Result {
  var configuration = HTTPClient.Configuration()
  configuration.connectionPool.retryConnectionEstablishment = false
  configuration.timeout.connect = .minutes(10)
  let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
  do {
    let result = try await body(client)
    try await client.shutdown()
    return result
  } catch {
    try await client.shutdown()
    throw error
  }
}
