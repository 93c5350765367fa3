import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TesseraTestSupport

@testable import TesseraClient

/// A token source with everything that a test moves or looks at.
struct TokenSourceTest: Sendable {
  let server: ScriptedServer
  let source: ClientCredentialsTokenSource
  let httpClient: HTTPClient
  let clock: ManualClock
  let log: TestLog
  let metrics: CountingMetrics

  /// What a test can choose.
  struct Options {
    var dialect = TokenDialect.rfc6749
    var credentials = ClientCredentials.Source.fixed(TokenSourceTest.credentials)
    var settings = ClientCredentialsTokenSource.Settings()
    var wallClock: @Sendable () -> Date = { Date(timeIntervalSince1970: 0) }
    var generator = FixedGenerator.lowest
    var path = "/token"
  }

  static let secret = "ECOTBQNP44IFPCVMQNSZ"
  static let credentials = ClientCredentials(clientID: "app", clientSecret: secret)

  /// Runs the test with a server of its own.
  ///
  /// A test whose only `try` is in `#expect` has to say that it throws, because the compiler looks for `try` before
  /// it expands macros.
  static func run<Result>(
    _ change: (inout Options) -> Void = { _ in },
    _ body: (TokenSourceTest) async throws -> Result
  ) async throws -> Result {
    var options = Options()
    options.settings.requestTimeout = ManualClock.requestTimeout
    change(&options)
    return try await ScriptedServer.run { server in
      try await withTestHTTPClient { httpClient in
        let clock = ManualClock()
        let log = TestLog()
        let metrics = CountingMetrics()
        let source = try ClientCredentialsTokenSource(
          tokenEndpoint: server.url + options.path,
          dialect: options.dialect,
          credentials: options.credentials,
          settings: options.settings,
          httpClient: httpClient,
          clock: clock,
          wallClock: options.wallClock,
          randomness: options.generator,
          logger: log.logger,
          metrics: metrics
        )
        return try await body(
          TokenSourceTest(
            server: server,
            source: source,
            httpClient: httpClient,
            clock: clock,
            log: log,
            metrics: metrics
          )
        )
      }
    }
  }

  /// How many callers wait for a token.
  var waiting: Int { source.table.withLock { $0.slots.values.reduce(0) { $0 + $1.waiters.count } } }

  /// How many tokens are kept.
  var kept: Int { source.table.withLock { $0.slots.count } }

  /// Whether a request for a token is under way.
  var isRequesting: Bool { source.table.withLock { $0.slots.values.contains { $0.isRequested } } }

  /// The value of a token for `item`.
  func item() async throws -> String { try await source.token(for: ["item"]).value }

  /// Why there is no token for `item`; nil when there is one.
  func itemError() async throws -> TokenRequestError? {
    do {
      _ = try await item()
      return nil
    } catch let error as TokenRequestError {
      return error
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
