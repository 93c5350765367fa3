import Synchronization
import TesseraJOSE
package import TesseraSupport

/// Slows down whoever guesses secrets: a source by what it did itself, and strangers by what their networks, and
/// all strangers together, did.
///
/// A stranger is a source that the client has not authenticated from before. One that has is not held up by what
/// others do elsewhere, so nobody locks a client out at its own addresses. A success, or a while without failures,
/// forgets what a source did.
package final class FailureLimiter: Sendable {
  /// What the delays are.
  package struct Settings: Sendable {
    /// How many failures of one source are free.
    package var freeFailures: Int
    /// The longest delay, in seconds.
    package var longestDelay: Int

    package init(freeFailures: Int = 5, longestDelay: Int = 60) {
      self.freeFailures = freeFailures
      self.longestDelay = longestDelay
    }
  }

  /// The source of an attempt and the client ID it is for.
  package struct Attempt: Hashable, Sendable {
    /// Nil for what cannot be a client ID, all of which counts as one: nothing that has no bound is kept.
    let clientID: ClientID?
    let source: SourceAddress
    /// Whether the client has a secret that somebody chose, so that guesses from everywhere count together.
    ///
    /// Of 160 random bits nothing is guessed, and a budget for all sources could only lock new ones out.
    var isGuessable = false

    package init(clientID: ClientID?, source: SourceAddress) {
      self.clientID = clientID
      self.source = source
    }
  }

  private let clock: MonotonicClock
  private let state: SharedLock<FailureMemory>
  /// Until when there is anything to look up, in monotonic milliseconds.
  ///
  /// Nearly always it is past, and then an attempt costs neither a lock nor a look-up.
  private let unquietUntil = Atomic<Int64>(.min)

  package init(settings: Settings, clock: MonotonicClock) {
    self.clock = clock
    state = SharedLock(FailureMemory(settings))
  }

  /// Seconds until an attempt is looked at, rounded up; nil when it is looked at now.
  package func secondsToWait(_ attempt: Attempt) -> Int? {
    guard let now = unquietTime else { return nil }
    let wait = state.withLock { $0.wait(for: attempt, at: now) }
    return wait > 0 ? Int((wait + 999) / 1000) : nil
  }

  /// Whether anybody has failed lately.
  var mayHoldUp: Bool { unquietTime != nil }

  /// The time, as long as there is anything to look up.
  private var unquietTime: Int64? {
    let unquiet = unquietUntil.load(ordering: .relaxed)
    guard unquiet != .min, case let now = clock.milliseconds, now <= unquiet else { return nil }
    return now
  }

  /// Counts a failure.
  package func recordFailure(_ attempt: Attempt) {
    let now = clock.milliseconds
    let unquiet = state.withLock { state in
      state.add(attempt, at: now)
      return now + state.span
    }
    unquietUntil.store(unquiet, ordering: .relaxed)
  }

  /// Forgets the failures of this source, and remembers that the client authenticated from it.
  ///
  /// `wasCounted` says that this very attempt was counted as a failure before its outcome was known.
  package func recordSuccess(_ attempt: Attempt, wasCounted: Bool = false) {
    state.withLock { state in
      if wasCounted { state.takeBack(attempt) }
      state.succeed(attempt)
    }
  }
}
