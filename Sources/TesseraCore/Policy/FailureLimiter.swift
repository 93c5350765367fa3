import Synchronization

/// Slows down whoever guesses secrets, by client ID and source address together: an attacker at one address
/// cannot lock a client out at another.
///
/// The first failures cost nothing, then each doubles the time in which attempts are refused unseen. A
/// success, or a while without failures, forgets them.
package final class FailureLimiter: Sendable {
  /// What the delays are.
  package struct Settings: Sendable {
    /// How many failures are free.
    package var freeFailures: Int
    /// The longest delay, in seconds.
    package var longestDelay: Int

    package init(freeFailures: Int = 5, longestDelay: Int = 60) {
      self.freeFailures = freeFailures
      self.longestDelay = longestDelay
    }
  }

  /// Who tries.
  package struct Attempt: Hashable, Sendable {
    private let clientID: Substring
    private let source: ArraySlice<UInt8>

    /// Client IDs have at most 255 characters; of a longer text the rest is not kept.
    package init(clientID: String, source: SourceAddress) {
      self.clientID = clientID.utf8.count <= 255 ? clientID[...] : Substring(String(clientID.prefix(64)))
      self.source = source.limitKey
    }
  }

  private struct Failures {
    var count: Int
    /// When attempts are looked at again, in monotonic milliseconds.
    var blockedUntil: Int64
    var last: Int64
  }

  /// Failures are forgotten after this many milliseconds.
  private static let memory: Int64 = 900_000
  /// The most pairs remembered.
  ///
  /// Of more, those longest untouched are forgotten.
  private static let capacity = 50_000

  private let settings: Settings
  private let clock: MonotonicClock
  private let failures = Mutex(GenerationalCache<Attempt, Failures>(capacity: FailureLimiter.capacity))

  package init(settings: Settings, clock: MonotonicClock) {
    self.settings = settings
    self.clock = clock
  }

  /// Seconds until an attempt is looked at, rounded up; nil when it is looked at now.
  func secondsToWait(_ attempt: Attempt) -> Int? {
    failures.withLock { failures in
      guard !failures.isEmpty, let known = failures.value(for: attempt) else { return nil }
      let rest = known.blockedUntil - clock.milliseconds
      return rest > 0 ? Int((rest + 999) / 1000) : nil
    }
  }

  /// Counts a failure.
  func recordFailure(_ attempt: Attempt) {
    let now = clock.milliseconds
    failures.withLock { failures in
      var known = failures.value(for: attempt) ?? Failures(count: 0, blockedUntil: now, last: now)
      if now - known.last > FailureLimiter.memory { known.count = 0 }
      known.count += 1
      known.last = now
      known.blockedUntil = now + delay(afterFailures: known.count)
      failures.insert(known, for: attempt)
    }
  }

  /// Forgets the failures.
  func recordSuccess(_ attempt: Attempt) {
    failures.withLock { failures in
      if !failures.isEmpty { failures.remove(attempt) }
    }
  }

  /// Milliseconds: none while failures are free, then 1 s, 2 s, 4 s, up to the longest.
  private func delay(afterFailures count: Int) -> Int64 {
    let paid = count - settings.freeFailures
    guard paid > 0 else { return 0 }
    return 1000 * min(Int64(settings.longestDelay), 1 << Int64(min(paid - 1, 30)))
  }
}
