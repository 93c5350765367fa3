import Synchronization
import TesseraJOSE

/// How much of its quota a client has used at this node: the generic cell rate algorithm, which keeps one time.
///
/// It outlives changes of the client and of the quota, so that no change gives back what was used.
final class QuotaMeter: Sendable {
  /// How often, in milliseconds, it is logged that a quota which only logs was exceeded.
  private static let pause: Int64 = 60_000

  private struct State {
    /// When all of the quota is there again, in monotonic nanoseconds; nil while nothing was used.
    var full: Int64?
    /// How many requests were beyond a quota that only logs since that was last logged.
    var untold = 0
    /// When that was, in monotonic milliseconds.
    var toldAt: Int64?
  }

  private let state = SharedLock(State())

  /// Takes one request off the quota, where there is room for it.
  func take(_ quota: Quota, at milliseconds: Int64) -> QuotaOutcome {
    let now = milliseconds * 1_000_000
    return state.withLock { state in
      // Of a quota that was larger before, no more is owed than this one has in all.
      let used = min(max(0, (state.full ?? now) - now), quota.capacity)
      state.full = now + used
      let missing = used + quota.interval - quota.capacity
      guard missing <= 0 else {
        return QuotaOutcome(
          quota: quota,
          isExceeded: true,
          remaining: 0,
          reset: QuotaMeter.seconds(missing)
        )
      }
      let next = used + quota.interval
      state.full = now + next
      return QuotaOutcome(
        quota: quota,
        isExceeded: false,
        remaining: Int((quota.capacity - next) / quota.interval),
        reset: QuotaMeter.seconds(next)
      )
    }
  }

  /// Notes a request beyond a quota that only logs; how many there were since the last time, when it is time to log it.
  func noteExcess(at milliseconds: Int64) -> Int? {
    state.withLock { state in
      state.untold += 1
      if let toldAt = state.toldAt, milliseconds - toldAt < QuotaMeter.pause { return nil }
      defer { (state.untold, state.toldAt) = (0, milliseconds) }
      return state.untold
    }
  }

  private static func seconds(_ nanoseconds: Int64) -> Int {
    Int((nanoseconds + 999_999_999) / 1_000_000_000)
  }
}

extension Quota {
  /// How long one request takes to come back, in nanoseconds.
  fileprivate var interval: Int64 { 60_000_000_000 / Int64(perMinute) }

  /// How long all of them take.
  fileprivate var capacity: Int64 { Int64(burst) * interval }
}
