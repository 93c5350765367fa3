/// When a token is replaced before it ends.
enum RefreshPolicy {
  /// The last part of a lifetime, in which a token is replaced in the background.
  static func window(ofLifetime lifetime: Duration) -> Duration {
    min(.seconds(60), lifetime / 5)
  }

  /// When the background refresh begins.
  ///
  /// In the first quarter of the window, at a random moment, so that processes that were started together do not
  /// ask together.
  static func refreshTime(expiresAt: Duration, lifetime: Duration, fraction: Double) -> Duration {
    expiresAt - window(ofLifetime: lifetime) * (1 - fraction / 4)
  }

  /// When the next background refresh begins after one has failed.
  ///
  /// The callers still have a token, so there is time for several.
  static func refreshTime(afterFailureAt now: Duration, lifetime: Duration, fraction: Double) -> Duration {
    now + min(.seconds(5), window(ofLifetime: lifetime) / 4) * (0.5 + fraction)
  }
}
