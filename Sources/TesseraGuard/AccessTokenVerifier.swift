public import AsyncHTTPClient
public import CoreMetrics
import Crypto
public import Logging
import Synchronization

/// Tells valid access tokens from others, by asking the token service (RFC 7662).
///
/// Remembers each answer for ``Settings/maximumAge``, by a hash of the token, and asks once however many callers
/// bring the same token at the same time. When the token service does not answer, a token that is not in the
/// cache is neither valid nor invalid: ``VerificationError/unavailable(_:)``. Make one verifier a process, and
/// share it.
///
///     let verifier = try AccessTokenVerifier(
///       introspectionEndpoint: "https://login.example.com/oauth2/introspect",
///       credentials: .secretFile(clientID: "…", path: "/run/secrets/tessera")
///     )
///     let token = try await verifier.verify(presented)
///
/// A call that finds an answer takes a lock for a moment and does not suspend. That is why the state is behind a
/// mutex and not in an actor, to which every request of an API would have to hop.
public final class AccessTokenVerifier: Sendable {
  typealias Verdict = Result<AccessToken, VerificationError>
  typealias Table = VerificationTable<CheckedContinuation<Verdict, Never>>

  let table: Mutex<Table>
  let introspector: Introspector
  let metrics: GuardMetrics
  let outages: OutageLog
  private let settings: Settings
  private let wallClock: WallClock
  private let nextNumber = Atomic<UInt64>(0)

  /// A verifier; asks nothing yet.
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
  public init(
    introspectionEndpoint: String,
    credentials: IntrospectionCredentials,
    settings: Settings = Settings(),
    httpClient: HTTPClient? = nil,
    clock: some Clock<Duration> = ContinuousClock(),
    wallClock: WallClock = .system,
    logger: Logger? = nil,
    metrics: any MetricsFactory = MetricsSystem.factory
  ) throws(InvalidIntrospectionEndpoint) {
    introspector = Introspector(
      endpoint: try IntrospectionEndpointURL(
        introspectionEndpoint,
        allowsPlainHTTP: settings.allowsPlainHTTP
      ),
      credentials: credentials,
      settings: settings,
      httpClient: httpClient ?? .introspection,
      time: Timekeeper(clock)
    )
    self.settings = settings
    self.wallClock = wallClock
    self.metrics = GuardMetrics(metrics)
    outages = OutageLog(logger ?? Logger(label: "tessera.guard") { _ in SwiftLogNoOpLogHandler() })
    table = Mutex(Table(settings: settings))
  }

  /// What a token says, if it is valid.
  ///
  /// A token that is not a `b68token` (RFC 6750 §2.1), or is too long, is refused without asking anybody.
  ///
  /// - Parameter token: The token as it came with the request, without `Bearer`.
  /// - Throws: ``VerificationError/invalidToken``, or ``VerificationError/unavailable(_:)`` when nobody knows.
  public func verify(_ token: String) async throws(VerificationError) -> AccessToken {
    let verdict = await verdict(on: token)
    if case .failure(.invalidToken) = verdict { metrics.refusals.increment() }
    return try verdict.get()
  }

  private func verdict(on token: String) async -> Verdict {
    guard TokenSyntax.isWellFormed(token, maximumLength: settings.maximumTokenLength) else {
      return .failure(.invalidToken)
    }
    let digest = SHA256.hash(data: Array(token.utf8))
    if let known = table.withLock({ $0.known(digest, at: now) }) {
      metrics.cacheHits.increment()
      return known
    }
    let number = nextNumber.add(1, ordering: .relaxed).newValue
    return await wait(for: token, digest, number: number)
  }

  /// This moment.
  var now: Moment { Moment(elapsed: introspector.time.now, date: wallClock.now) }
}
