import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TesseraJOSE
import TesseraSupport
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
    /// Nil for the credentials.
    var identity: ClientIdentity?
    var environment: [String: String] = [:]
    var settings = ClientCredentialsTokenSource.Settings()
    var wallClock: @Sendable () -> Date = { Date(timeIntervalSince1970: 0) }
    var generator = FixedGenerator.lowest
    var path = "/token"

    fileprivate func source(
      _ server: ScriptedServer,
      _ httpClient: HTTPClient,
      _ clock: ManualClock,
      _ log: TestLog,
      _ metrics: CountingMetrics
    ) throws -> ClientCredentialsTokenSource {
      guard let identity else {
        return try ClientCredentialsTokenSource(
          tokenEndpoint: server.url + path,
          dialect: dialect,
          credentials: credentials,
          settings: settings,
          httpClient: httpClient,
          clock: clock,
          wallClock: wallClock,
          randomness: generator,
          logger: log.logger,
          metrics: metrics
        )
      }
      return try ClientCredentialsTokenSource(
        tokenEndpoint: server.url + path,
        dialect: dialect,
        identity: identity,
        environment: { [environment] in environment[$0] },
        settings: settings,
        httpClient: httpClient,
        time: Timekeeper(clock),
        wallClock: WallClock { [wallClock] in Timestamp(wallClock()) },
        random: RandomFractions(generator),
        logger: log.logger,
        metrics: TokenSourceMetrics(metrics)
      )
    }
  }

  static let secret = "ECOTBQNP44IFPCVMQNSZ"
  static let credentials = ClientCredentials(clientID: "app", clientSecret: secret)

  /// Runs the test with a server of its own.
  ///
  /// A test whose only `try` is in `#expect` has to say that it throws, because the compiler looks for `try` before
  /// it expands macros.
  static func run<Result>(
    tls: NIOSSLContext? = nil,
    _ change: (inout Options) -> Void = { _ in },
    _ body: (TokenSourceTest) async throws -> Result
  ) async throws -> Result {
    var options = Options()
    options.settings.requestTimeout = ManualClock.requestTimeout
    change(&options)
    return try await ScriptedServer.run(tls: tls) { server in
      try await withTestHTTPClient { httpClient in
        let clock = ManualClock()
        let log = TestLog()
        let metrics = CountingMetrics()
        let source = try options.source(server, httpClient, clock, log, metrics)
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
