public import AsyncHTTPClient
public import CoreMetrics
public import Logging
import TesseraFetching
import TesseraJOSE
import TesseraSupport

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension AccessTokenVerifier {
  /// A verifier that asks the token service (RFC 7662); asks nothing yet.
  ///
  /// It remembers each answer for ``Settings/maximumAge``, by a hash of the token, and asks once however many callers
  /// bring the same token at the same time.
  ///
  ///     let verifier = try AccessTokenVerifier(
  ///       introspectionEndpoint: "https://login.example.com/oauth2/introspect",
  ///       credentials: .secretFile(clientID: "…", path: "/run/secrets/tessera")
  ///     )
  ///     let token = try await verifier.verify(presented)
  ///
  /// - Parameters:
  ///   - introspectionEndpoint: The URL of the introspection endpoint. `https`, or on this machine also `http`.
  ///   - credentials: The API's own client ID and secret, with the right to introspect.
  ///   - settings: How long answers count, timeouts and limits.
  ///   - httpClient: What asks; nil for one that all verifiers share. `HTTPClient.shared` is less suitable: it reports
  ///     a refused connection only after ``Settings/timeout``.
  ///   - clock: What answers age by. Not the time of day.
  ///   - wallClock: The time of day. When it is ahead, tokens end earlier.
  ///   - logger: Where the begin and the end of an outage are logged; nowhere by default. Neither secrets nor
  ///     tokens are.
  ///   - metrics: Where `tessera_guard_introspections`, `…_introspection_failures`, `…_cache_hits` and
  ///     `…_refused_tokens` are counted.
  /// - Throws: When the introspection endpoint is none that tokens and a secret may be sent to.
  public convenience init(
    introspectionEndpoint: String,
    credentials: IntrospectionCredentials,
    settings: Settings = Settings(),
    httpClient: HTTPClient? = nil,
    clock: some Clock<Duration> = ContinuousClock(),
    wallClock: @escaping @Sendable () -> Date = { Date() },
    logger: Logger? = nil,
    metrics: any MetricsFactory = MetricsSystem.factory
  ) throws(InvalidIntrospectionEndpoint) {
    let time = Timekeeper(clock)
    let introspector = Introspector(
      endpoint: try IntrospectionEndpointURL(
        introspectionEndpoint,
        allowsPlainHTTP: settings.allowsPlainHTTP
      ),
      credentials: credentials,
      settings: settings,
      exchange: ServiceExchange(httpClient: httpClient ?? .untilRefused, time: time)
    )
    let metrics = GuardMetrics(metrics)
    let strategy = IntrospectionVerification(
      introspector: introspector,
      settings: settings,
      time: time,
      wallClock: WallClock { Timestamp(wallClock()) },
      metrics: metrics,
      outages: OutageLog(logger, of: .introspection)
    )
    self.init(
      strategy,
      settings: settings,
      wallClock: WallClock { Timestamp(wallClock()) },
      metrics: metrics
    )
  }
}
