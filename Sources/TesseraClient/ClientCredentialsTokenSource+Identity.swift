public import AsyncHTTPClient
public import CoreMetrics
public import Logging
import TesseraJOSE
import TesseraSupport

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension ClientCredentialsTokenSource {
  /// A source of tokens for a client that shares no secret with the token service; makes no request yet.
  ///
  ///     let tokens = try ClientCredentialsTokenSource(
  ///       tokenEndpoint: "https://login.example.com/oauth2/token",
  ///       identity: .platformToken(.file("/var/run/secrets/tessera/token"), clientID: "app")
  ///     )
  ///
  /// - Parameters:
  ///   - tokenEndpoint: The URL of the token endpoint (RFC 6749 §3.2). `https`, or on this machine also `http`.
  ///   - dialect: How that endpoint is spoken to.
  ///   - identity: How the client proves who it is.
  ///   - settings: Timeouts, attempts and limits.
  ///   - httpClient: What sends the requests.
  ///   - clock: What tokens age by. Not the time of day.
  ///   - wallClock: The time of day, for what the client signs.
  ///   - randomness: What jitter is drawn from, and nothing else.
  ///   - logger: Where failed token requests are logged; nowhere by default. Nothing secret is.
  ///   - metrics: Where requests are counted.
  /// - Throws: When the token endpoint is none that a proof may be sent to.
  public convenience init(
    tokenEndpoint: String,
    dialect: TokenDialect = .rfc6749,
    identity: ClientIdentity,
    settings: Settings = Settings(),
    httpClient: HTTPClient = .shared,
    clock: some Clock<Duration> = ContinuousClock(),
    wallClock: @escaping @Sendable () -> Date = { Date() },
    randomness: some RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
    logger: Logger? = nil,
    metrics: any MetricsFactory = MetricsSystem.factory
  ) throws(InvalidTokenEndpoint) {
    try self.init(
      tokenEndpoint: tokenEndpoint,
      dialect: dialect,
      identity: identity,
      environment: { ProcessInfo.processInfo.environment[$0] },
      settings: settings,
      httpClient: httpClient,
      time: Timekeeper(clock),
      wallClock: WallClock { Timestamp(wallClock()) },
      random: RandomFractions(randomness),
      logger: logger ?? .silent,
      metrics: TokenSourceMetrics(metrics)
    )
  }

  convenience init(
    tokenEndpoint: String,
    dialect: TokenDialect,
    identity: ClientIdentity,
    environment: @escaping @Sendable (String) -> String?,
    settings: Settings,
    httpClient: HTTPClient,
    time: Timekeeper,
    wallClock: WallClock,
    random: RandomFractions,
    logger: Logger,
    metrics: TokenSourceMetrics
  ) throws(InvalidTokenEndpoint) {
    let endpoint = try TokenEndpointURL(tokenEndpoint, allowsPlainHTTP: settings.allowsPlainHTTP)
    let prover: ClientProver =
      switch identity.kind {
      case .privateKey(let source, let clientID, let audience):
        .privateKey(
          AssertionMaker(
            key: PrivateKeyReader(source, logger: logger),
            clientID: clientID,
            audience: audience ?? endpoint.text,
            wallClock: wallClock
          )
        )
      case .platformToken(let token, let clientID, let type):
        .platformToken(
          PlatformTokenReader(
            token,
            environment: environment,
            httpClient: httpClient,
            time: time,
            logger: logger
          ),
          clientID: clientID,
          type
        )
      case .certificate(let clientID): .certificate(clientID: clientID)
      }
    self.init(
      TokenRequester(
        builder: TokenRequestBuilder(endpoint: endpoint, dialect: dialect),
        prover: prover,
        settings: settings,
        httpClient: httpClient,
        time: time,
        wallClock: wallClock,
        random: random,
        logger: logger,
        metrics: metrics
      )
    )
  }
}
