/// When a failed token request is repeated.
struct RetryPolicy {
  let settings: ClientCredentialsTokenSource.Settings

  /// How long to wait before the next attempt: full jitter, or what the server asked for and a little more.
  func delay(afterAttempt attempt: Int, pause: Duration?, fraction: Double) -> Duration {
    if let pause { return pause + settings.firstBackoff * fraction }
    // 2^20 times anything is more than any sensible limit, and far from overflow.
    let doubled = settings.firstBackoff * (1 << min(attempt - 1, 20))
    return min(doubled, settings.longestBackoff) * fraction
  }

  /// How long the server wants to be left alone.
  ///
  /// Only a 429 or 503 counts, and nothing longer than the settings allow.
  func pause(_ error: TokenRequestError, retryAfter: Duration?) -> Duration? {
    guard error.status == 429 || error.status == 503, let retryAfter else { return nil }
    return min(retryAfter, settings.longestPause)
  }
}
