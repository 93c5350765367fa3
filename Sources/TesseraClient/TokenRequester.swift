import CoreMetrics
import Logging
import TesseraFetching
import TesseraSupport

/// Gets a token from the token service, with as many attempts as it takes and the settings allow.
struct TokenRequester: Sendable {
  let builder: TokenRequestBuilder
  let settings: ClientCredentialsTokenSource.Settings
  let exchange: ServiceExchange
  let credentials: CredentialsReader
  let time: Timekeeper
  let wallClock: WallClock
  let random: RandomFractions
  let logger: Logger
  let metrics: TokenSourceMetrics

  /// A token request failed for good.
  struct Failure: Error {
    let error: TokenRequestError
    /// How long no request is to be made, counted from now.
    var pause: Duration?
    /// The credentials that the pause is about; nil when it is not about any.
    var refused: ClientCredentials?
  }

  /// One attempt.
  private struct Attempt {
    let number: Int
    let credentials: ClientCredentials
    let limit: Duration
  }

  /// A token for this key.
  func token(for key: TokenKey) async throws(Failure) -> GrantedToken {
    let retry = RetryPolicy(settings: settings)
    let deadline = time.now + settings.totalTimeout
    var number = 1
    while true {
      let attempt = Attempt(
        number: number,
        credentials: try currentCredentials(),
        limit: min(settings.requestTimeout, deadline - time.now)
      )
      do {
        return try await token(for: key, attempt)
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
    return try currentCredentials() != refused
  }

  private func currentCredentials() throws(Failure) -> ClientCredentials {
    do throws(TokenRequestError) { return try credentials.current() } catch { throw Failure(error: error) }
  }

  private func token(for key: TokenKey, _ attempt: Attempt) async throws(Failure) -> GrantedToken {
    metrics.requests.increment()
    let requestedAt = time.now
    let result = await exchange(key, attempt, requestedAt: requestedAt)
    if case .failure(let failure) = result {
      metrics.failures.increment()
      logger.warning(
        "token request failed",
        metadata: ["attempt": "\(attempt.number)", "error": "\(failure.error)"]
      )
    }
    return try result.get()
  }

  private func exchange(
    _ key: TokenKey,
    _ attempt: Attempt,
    requestedAt: Duration
  ) async -> Result<GrantedToken, Failure> {
    let answer: ServiceExchange.Answer
    do throws(ServiceExchange.Failure) {
      // The retry policy decides on repeating.
      answer = try await exchange.answer(
        within: attempt.limit,
        upTo: settings.maximumAnswerSize,
        mayRepeat: false
      ) {
        builder.request(key, attempt.credentials)
      }
    } catch {
      return .failure(Failure(error: TokenRequestError(error)))
    }
    do throws(TokenRequestError) {
      guard answer.status == 200 else { return .failure(failure(answer, attempt.credentials)) }
      return .success(
        try answer.granted(
          builder.dialect,
          requestedAt: requestedAt,
          settings: settings,
          wallClock: wallClock
        )
      )
    } catch {
      return .failure(Failure(error: error))
    }
  }

  private func failure(_ answer: ServiceExchange.Answer, _ credentials: ClientCredentials) -> Failure {
    let error = answer.refused(secret: credentials.clientSecret)
    if error.isInvalidClient {
      return Failure(error: error, pause: settings.invalidClientPause, refused: credentials)
    }
    let retryAfter = answer.retryAfter(wallClock)
    return Failure(error: error, pause: RetryPolicy(settings: settings).pause(error, retryAfter: retryAfter))
  }
}
