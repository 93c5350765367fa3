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
  /// The names of the signature algorithms that there are.
  static let knownAlgorithms = Set(SigningAlgorithm.ofTokens.map(\.name))

  /// A verifier that checks JWT access tokens itself (RFC 9068 §4); asks nothing until the first.
  ///
  ///     let verifier = try AccessTokenVerifier(issuer: "https://login.example.com", audience: "https://api.example.com")
  ///     let token = try await verifier.verify(presented)
  ///
  /// It finds the keys and the revocation feed through the metadata of the issuer (RFC 8414 §3), renews the keys as
  /// often as their `Cache-Control` says, and reads the feed every ``Settings/revocationInterval``, from the first
  /// token until the verifier is gone. The first token waits for both.
  ///
  /// - Parameters:
  ///   - issuer: The issuer, to the letter as it stands in `iss`. `https`, or on this machine also `http`; without
  ///     query and fragment.
  ///   - audience: What a token must have among its audiences (`aud`): the API, to the letter.
  ///   - settings: Intervals, timeouts and limits.
  ///   - httpClient: What asks; nil for one that all verifiers share.
  ///   - clock: What keys and revocations age by. Not the time of day.
  ///   - wallClock: The time of day. When it is ahead, tokens end earlier.
  ///   - logger: Where the begin and the end of an outage are logged; nowhere by default. Tokens are not.
  ///   - metrics: Where `tessera_guard_key_fetches`, `…_key_fetch_failures`, `…_revocation_fetches`,
  ///     `…_revocation_fetch_failures`, `…_cache_hits` and `…_refused_tokens` are counted.
  /// - Throws: When the issuer is none whose word on tokens can be trusted.
  public convenience init(
    issuer: String,
    audience: String,
    settings: Settings = Settings(),
    httpClient: HTTPClient? = nil,
    clock: some Clock<Duration> = ContinuousClock(),
    wallClock: @escaping @Sendable () -> Date = { Date() },
    logger: Logger? = nil,
    metrics: any MetricsFactory = MetricsSystem.factory
  ) throws(InvalidIssuer) {
    let metrics = GuardMetrics(metrics)
    let time = Timekeeper(clock)
    let keys = KeySource(
      loader: KeyLoader(
        issuer: try IssuerURL(issuer, allowsPlainHTTP: settings.allowsPlainHTTP),
        fetcher: DocumentFetcher(
          httpClient: httpClient ?? .untilRefused,
          time: time,
          timeout: settings.timeout,
          userAgent: "TesseraGuard"
        ),
        time: time,
        settings: settings
      ),
      settings: settings,
      metrics: metrics,
      outages: OutageLog(logger, of: .keys)
    )
    let revocations = RevocationSource(
      keys: keys,
      settings: settings,
      wallClock: WallClock { Timestamp(wallClock()) },
      metrics: metrics,
      outages: OutageLog(logger, of: .revocations)
    )
    let strategy = OfflineVerification(
      rules: TokenRules(issuer: issuer, audience: audience, settings: settings),
      keys: keys,
      revocations: revocations,
      settings: settings,
      wallClock: WallClock { Timestamp(wallClock()) },
      metrics: metrics
    )
    self.init(
      strategy,
      settings: settings,
      wallClock: WallClock { Timestamp(wallClock()) },
      metrics: metrics
    )
  }
}
