public import AsyncHTTPClient
public import CoreMetrics
public import Logging
import Synchronization
import TesseraJOSE
import TesseraSupport

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Access tokens for calling APIs, by the client credentials grant (RFC 6749 §4.4).
///
/// Keeps one token for each set of scopes and audience, gets it when it is first needed, replaces it in the
/// background before it ends, and makes one request however many callers need it at once. Make one source a
/// process and token service, and share it.
///
///     let tokens = try ClientCredentialsTokenSource(
///       tokenEndpoint: "https://login.example.com/oauth/token",
///       dialect: .contract,
///       credentials: .file(path: "/run/secrets/tessera.json")
///     )
///     let answer = try await HTTPClient.shared.execute(
///       HTTPClientRequest(url: "https://api.example.com/item"),
///       timeout: .seconds(10),
///       authorizedBy: tokens,
///       scopes: ["item"]
///     )
///
/// A call that finds a token takes a lock for a moment and does not suspend. That is why the state is behind a
/// mutex and not in an actor, to which every call of an API would have to hop.
public final class ClientCredentialsTokenSource: Sendable {
  typealias Table = TokenTable<CheckedContinuation<AccessToken, any Error>>

  let table: Mutex<Table>
  let requester: TokenRequester
  let nextNumber = Atomic<UInt64>(0)

  /// A source of tokens; makes no request yet.
  ///
  /// - Parameters:
  ///   - tokenEndpoint: The URL of the token endpoint (RFC 6749 §3.2). `https`, or on this machine also `http`.
  ///   - dialect: How that endpoint is spoken to.
  ///   - credentials: Where the client ID and the secret come from.
  ///   - settings: Timeouts, attempts and limits.
  ///   - httpClient: What sends the requests. One with
  ///     `configuration.connectionPool.retryConnectionEstablishment = false` reports a refused connection at once
  ///     instead of when the request times out.
  ///   - clock: What tokens age by. Not the time of day.
  ///   - wallClock: The time of day, for an answer of ``TokenDialect/contract`` without a `Date`.
  ///   - randomness: What jitter is drawn from.
  ///   - logger: Where failed token requests are logged; nowhere by default. Neither secrets nor tokens are.
  ///   - metrics: Where `tessera_client_token_requests`, `…_request_failures`, `…_refreshes` and
  ///     `…_cache_hits` are counted.
  /// - Throws: When the token endpoint is none that a secret may be sent to.
  public convenience init(
    tokenEndpoint: String,
    dialect: TokenDialect,
    credentials: ClientCredentials.Source,
    settings: Settings = Settings(),
    httpClient: HTTPClient = .shared,
    clock: some Clock<Duration> = ContinuousClock(),
    wallClock: @escaping @Sendable () -> Date = { Date() },
    randomness: some RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
    logger: Logger? = nil,
    metrics: any MetricsFactory = MetricsSystem.factory
  ) throws(InvalidTokenEndpoint) {
    let logger = logger ?? .silent
    self.init(
      TokenRequester(
        builder: TokenRequestBuilder(
          endpoint: try TokenEndpointURL(tokenEndpoint, allowsPlainHTTP: settings.allowsPlainHTTP),
          dialect: dialect
        ),
        prover: .secret(CredentialsReader(credentials, logger: logger), settings.authentication),
        settings: settings,
        httpClient: httpClient,
        time: Timekeeper(clock),
        wallClock: WallClock { Timestamp(wallClock()) },
        random: RandomFractions(randomness),
        logger: logger,
        metrics: TokenSourceMetrics(metrics)
      )
    )
  }

  init(_ requester: TokenRequester) {
    self.requester = requester
    let settings = requester.settings
    table = Mutex(Table(capacity: settings.maximumTokens, renewalPause: settings.renewalPause))
  }

  /// A token that has these scopes and has not ended.
  ///
  /// Suspends only when there is none. A caller that is cancelled stops waiting; the request goes on for the
  /// others, and for the cache.
  ///
  /// - Parameters:
  ///   - scopes: The scopes (RFC 6749 §3.3) in any order. None lets the token service choose, where it does.
  ///   - audience: The resource that is to accept the token, by its identifier (RFC 8707); nil for the usual one.
  /// - Throws: ``TokenRequestError``, or `CancellationError`.
  public func token(for scopes: [String], audience: String? = nil) async throws -> AccessToken {
    let key = TokenKey(scopes: scopes, audience: audience)
    if let token = try cached(key) { return token }
    try key.validate(for: requester.builder.dialect)
    return try await waitForToken(key)
  }

  /// Another token in place of one that an API has answered 401 to.
  ///
  /// When the token was replaced since, that is the current one, without a request; so many callers with the same
  /// rejected token cost one request. When the rejected token has itself replaced a rejected one less than
  /// ``Settings/renewalPause`` ago, it is returned again: the API would not accept another either.
  ///
  /// - Parameter rejected: A token of this source.
  /// - Throws: ``TokenRequestError``, or `CancellationError`.
  public func renew(after rejected: AccessToken) async throws -> AccessToken {
    if let kept = forget(rejected) { return kept }
    if let token = try cached(rejected.key) { return token }
    return try await waitForToken(rejected.key)
  }
}

extension Logger {
  /// Logs nowhere.
  static var silent: Logger { Logger(label: "tessera.client") { _ in SwiftLogNoOpLogHandler() } }
}
