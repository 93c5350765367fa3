import AsyncHTTPClient
import CoreMetrics
import Logging
import NIOSSL
import TesseraFetching
import TesseraSupport

/// Gets a token from the token service, with as many attempts as it takes and the settings allow.
struct TokenRequester: Sendable {
  let builder: TokenRequestBuilder
  let prover: ClientProver
  /// Nil for tokens that are bound to no key.
  let dpop: DPoPProver?
  let settings: ClientCredentialsTokenSource.Settings
  let time: Timekeeper
  let random: RandomFractions
  let logger: Logger
  let metrics: TokenSourceMetrics
  private let certificate: ClientCertificateReader?
  private let exchange: ServiceExchange
  private let wallClock: WallClock

  /// A token request failed for good.
  struct Failure: Error {
    let error: TokenRequestError
    /// How long no request is to be made, counted from now.
    var pause: Duration?
    /// The credentials that the pause is about; nil when it is not about any.
    var refused: CredentialsVersion?
  }

  /// What came back, and what was sent for it.
  private struct Exchanged {
    let answer: ServiceExchange.Answer
    let client: ClientProof
    let tls: TLSConfiguration?
    let requestedAt: Duration
    /// Whether the server wants another nonce in the proof (RFC 9449 §8), and has sent one.
    let wantsNonce: Bool
  }

  init(
    builder: TokenRequestBuilder,
    prover: ClientProver,
    settings: ClientCredentialsTokenSource.Settings,
    httpClient: HTTPClient,
    time: Timekeeper,
    wallClock: WallClock,
    random: RandomFractions,
    logger: Logger,
    metrics: TokenSourceMetrics
  ) {
    self.builder = builder
    self.prover = prover
    dpop = settings.dpop.map { DPoPProver($0, wallClock: wallClock) }
    certificate = settings.certificate.map { ClientCertificateReader($0, logger: logger) }
    self.settings = settings
    exchange = ServiceExchange(httpClient: httpClient, time: time)
    self.time = time
    self.wallClock = wallClock
    self.random = random
    self.logger = logger
    self.metrics = metrics
  }

  /// A token for this key.
  func token(for key: TokenKey) async throws(Failure) -> GrantedToken {
    let retry = RetryPolicy(settings: settings)
    let deadline = time.now + settings.totalTimeout
    var number = 1
    while true {
      do {
        return try await token(for: key, attempt: number, deadline: deadline)
      } catch {
        // Other credentials need not wait for the pause of those that were refused.
        let delay =
          error.refused == nil
          ? retry.delay(afterAttempt: number, pause: error.pause, fraction: random.next()) : .zero
        let isLast = number >= settings.maximumAttempts || time.now + delay >= deadline
        guard !isLast, try canRepeat(after: error) else { throw error }
        // Nothing cancels a request, so sleeping does not fail; if it did, there would be no point in going on.
        if error.refused == nil, (try? await time.sleep(for: delay)) == nil { throw error }
        number += 1
      }
    }
  }

  /// Whether the next attempt can have another outcome.
  private func canRepeat(after failure: Failure) throws(Failure) -> Bool {
    guard let refused = failure.refused else { return failure.error.isTransient }
    // They may have been replaced while the request was under way.
    do throws(TokenRequestError) {
      return try prover.version().map { $0 != refused } ?? false
    } catch {
      throw Failure(error: error)
    }
  }

  private func token(
    for key: TokenKey,
    attempt: Int,
    deadline: Duration
  ) async throws(Failure) -> GrantedToken {
    let result = await granted(key, deadline: deadline)
    if case .failure(let failure) = result {
      metrics.failures.increment()
      logger.warning(
        "token request failed",
        metadata: ["attempt": "\(attempt)", "error": "\(failure.error)"]
      )
    }
    return try result.get()
  }

  private func granted(_ key: TokenKey, deadline: Duration) async -> Result<GrantedToken, Failure> {
    do throws(TokenRequestError) {
      var exchanged = try await exchanged(key, deadline: deadline)
      if exchanged.wantsNonce { exchanged = try await self.exchanged(key, deadline: deadline) }
      guard exchanged.answer.status == 200 else { return .failure(failure(exchanged)) }
      var token = try exchanged.answer.granted(
        builder.dialect,
        to: dpop,
        requestedAt: exchanged.requestedAt,
        settings: settings,
        wallClock: wallClock
      )
      token.tls = exchanged.tls
      return .success(token)
    } catch {
      return .failure(Failure(error: error))
    }
  }

  /// One request, with proofs of its own, and its answer.
  private func exchanged(_ key: TokenKey, deadline: Duration) async throws(TokenRequestError) -> Exchanged {
    let client = try await prover.proof(within: limit(deadline))
    let proof = try dpop?.proof("POST", builder.endpoint.text)
    let tls = try certificate?.current()
    metrics.requests.increment()
    let requestedAt = time.now
    let answer: ServiceExchange.Answer
    do throws(ServiceExchange.Failure) {
      // The retry policy decides on repeating.
      answer = try await exchange.answer(
        within: limit(deadline),
        upTo: settings.maximumAnswerSize,
        mayRepeat: false
      ) { [builder] in
        builder.request(key, client, dpop: proof?.text, tls: tls)
      }
    } catch {
      throw TokenRequestError(error)
    }
    var wantsNonce = false
    if let dpop, let proof, dpop.keepNonce(in: answer.headers, answering: proof) {
      wantsNonce = answer.status != 200 && answer.refused(secret: client.secret).name == "use_dpop_nonce"
    }
    return Exchanged(
      answer: answer,
      client: client,
      tls: tls,
      requestedAt: requestedAt,
      wantsNonce: wantsNonce
    )
  }

  private func limit(_ deadline: Duration) -> Duration { min(settings.requestTimeout, deadline - time.now) }

  private func failure(_ exchanged: Exchanged) -> Failure {
    let error = exchanged.answer.refused(secret: exchanged.client.secret)
    if error.isInvalidClient {
      return Failure(error: error, pause: settings.invalidClientPause, refused: exchanged.client.version)
    }
    let retryAfter = exchanged.answer.retryAfter(wallClock)
    return Failure(error: error, pause: RetryPolicy(settings: settings).pause(error, retryAfter: retryAfter))
  }
}
