package import TesseraJOSE

/// The time that decides whether something that has expired may be forgotten: the time of day, as far as it can be
/// believed.
///
/// A clock that is set forward and back again must not make anybody forget what still counts. So this one goes at most
/// twice as fast as time passes, however far the clock was set forward, and follows at once when it is set back. What
/// is then kept for some hours beyond its end (`grace`) outlives every mistake that is corrected within them, and a
/// greater one that is corrected within half of them.
package struct ForgettingClock: Sendable {
  private var time: Timestamp
  /// When it was asked last, in monotonic milliseconds.
  private var askedAt: Int64

  /// A clock that begins at this time.
  package init(at time: Timestamp, monotonic: Int64) {
    self.time = time
    askedAt = monotonic
  }

  /// The time now, which the time of day says is `now`.
  package mutating func time(_ now: Timestamp, monotonic: Int64) -> Timestamp {
    let passed = max(0, monotonic - askedAt)
    time = min(now, time.advanced(byMilliseconds: 2 * passed))
    askedAt = monotonic
    return time
  }
}
