import Synchronization

/// Slows down whoever guesses secrets, by client ID and source address together.
///
/// So an attacker at one address cannot lock a client out at another. The first failures cost nothing, then
/// each doubles the time in which attempts are refused unseen. A success, or a while without failures,
/// forgets them.
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

  /// Who tries, and as whom.
  package struct Attempt: Hashable, Sendable {
    /// Nil for what cannot be a client ID, all of which counts as one: nothing that has no bound is kept.
    let clientID: ClientID?
    /// See `SourceAddress.limitKey`.
    let source: ArraySlice<UInt8>

    package init(clientID: ClientID?, source: SourceAddress) {
      self.clientID = clientID
      self.source = source.limitKey
    }
  }

  /// What is counted: one client ID at a source, or all the rest of a source that has tried too many.
  private enum Key: Hashable {
    case pair(Attempt)
    case rest(ArraySlice<UInt8>)
  }

  private struct Failures {
    var count = 0
    /// When attempts are looked at again, in monotonic milliseconds.
    var blockedUntil: Int64 = 0
    var last: Int64
  }

  private struct Source {
    /// How many client IDs it has failed with since then.
    var pairs = 0
    var since: Int64
  }

  private struct State {
    var failures = GenerationalCache<Key, Failures>(capacity: FailureLimiter.capacity)
    var sources = GenerationalCache<ArraySlice<UInt8>, Source>(capacity: FailureLimiter.capacity)
  }

  /// Failures are forgotten after this many milliseconds.
  private static let memory: Int64 = 900_000
  /// The most pairs, and the most sources, that are remembered.
  ///
  /// Of more, those longest untouched are forgotten.
  private static let capacity = 50_000
  /// The most client IDs of one source that are counted apart.
  ///
  /// Without it a source could push its own failures out of the memory by failing with others.
  private static let pairsPerSource = 1000

  private let settings: Settings
  private let clock: MonotonicClock
  private let state = Mutex(State())

  package init(settings: Settings, clock: MonotonicClock) {
    self.settings = settings
    self.clock = clock
  }

  /// Seconds until an attempt is looked at, rounded up; nil when it is looked at now.
  package func secondsToWait(_ attempt: Attempt) -> Int? {
    state.withLock { state in
      guard !state.failures.isEmpty else { return nil }
      let now = clock.milliseconds
      let known = state.failures.value(for: key(for: attempt, at: now, &state))
      guard let rest = known.map({ $0.blockedUntil - now }), rest > 0 else { return nil }
      return Int((rest + 999) / 1000)
    }
  }

  /// Counts a failure.
  package func recordFailure(_ attempt: Attempt) {
    state.withLock { state in
      let now = clock.milliseconds
      let key = key(for: attempt, at: now, &state)
      if case .pair = key, state.failures.value(for: key) == nil {
        countPair(of: attempt.source, at: now, &state)
      }
      var known = state.failures.value(for: key) ?? Failures(last: now)
      if now - known.last > FailureLimiter.memory { known.count = 0 }
      known.count += 1
      known.last = now
      known.blockedUntil = now + delay(afterFailures: known.count)
      state.failures.insert(known, for: key)
    }
  }

  /// Forgets the failures.
  package func recordSuccess(_ attempt: Attempt) {
    state.withLock { state in
      if !state.failures.isEmpty { state.failures.remove(.pair(attempt)) }
    }
  }

  private func key(for attempt: Attempt, at now: Int64, _ state: inout State) -> Key {
    let pair = Key.pair(attempt)
    guard let source = state.sources.value(for: attempt.source),
      source.pairs >= FailureLimiter.pairsPerSource, now - source.since <= FailureLimiter.memory,
      state.failures.value(for: pair) == nil
    else { return pair }
    return .rest(attempt.source)
  }

  private func countPair(of source: ArraySlice<UInt8>, at now: Int64, _ state: inout State) {
    var known = state.sources.value(for: source) ?? Source(since: now)
    if now - known.since > FailureLimiter.memory { known = Source(since: now) }
    known.pairs += 1
    state.sources.insert(known, for: source)
  }

  /// Milliseconds: none while failures are free, then 1 s, 2 s, 4 s, up to the longest.
  private func delay(afterFailures count: Int) -> Int64 {
    let paid = count - settings.freeFailures
    guard paid > 0 else { return 0 }
    return 1000 * min(Int64(settings.longestDelay), 1 << Int64(min(paid - 1, 30)))
  }
}
