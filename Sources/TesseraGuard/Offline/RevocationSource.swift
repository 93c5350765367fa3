import CoreMetrics
import Synchronization
import TesseraSupport

/// What is revoked, as far as the revocation feed of the token service has told.
final class RevocationSource: Sendable {
  private let keys: KeySource
  private let reader: RevocationFeedReader
  private let interval: Duration
  private let wallClock: WallClock
  private let metrics: GuardMetrics
  private let outages: OutageLog
  private let state: Mutex<RevocationState>
  private let flight = SingleFlight()

  init(
    keys: KeySource,
    settings: AccessTokenVerifier.Settings,
    wallClock: WallClock,
    metrics: GuardMetrics,
    outages: OutageLog
  ) {
    self.keys = keys
    self.wallClock = wallClock
    self.metrics = metrics
    self.outages = outages
    interval = max(settings.revocationInterval, .milliseconds(100))
    reader = RevocationFeedReader(keys: keys, settings: settings, wallClock: wallClock, metrics: metrics)
    state = Mutex(RevocationState(settings: settings))
  }

  /// How many revocations are remembered.
  var count: Int { state.withLock { $0.count } }
  /// How many wait for the feed.
  var waiterCount: Int { flight.waiterCount }

  /// Whether a token was taken back, as far as is known now.
  func verdict(on token: SignedToken) -> RevocationState.Verdict {
    let now = time.now
    return state.withLock { $0.verdict(on: token, at: now) }
  }

  /// Waits until the feed has answered; why it has not, when it has not.
  func answered() async -> Outage? {
    let outcome = await flight.run(
      if: {
        let now = time.now
        return state.withLock { !$0.isKnown(at: now) && $0.mayAsk(at: now, after: .seconds(1)) }
      },
      poll
    )
    guard outcome != .cancelled else { return Outage(.cancelled, of: .revocationFeed) }
    let now = time.now
    return state.withLock { state in
      state.isKnown(at: now) ? nil : state.failure?.outage ?? Outage(.timedOut, of: .revocationFeed)
    }
  }

  /// Asks the feed when it is time to; after how long it will be again.
  func follow() async -> Duration {
    _ = await flight.run(if: { state.withLock { $0.mayAsk(at: time.now, after: interval) } }, poll)
    let now = time.now
    let next = state.withLock { $0.nextAttempt(after: interval, at: now) }
    return max(next - now, .milliseconds(10))
  }

  private var time: Timekeeper { keys.time }

  @Sendable private func poll() async {
    let askedAt = time.now
    let cursor = state.withLock { $0.begin(at: askedAt) }
    do throws(FetchFailure) {
      let batch = try await reader.news(since: cursor)
      let date = wallClock.now
      guard state.withLock({ $0.succeeded(batch, askedAt: askedAt, at: date) }) else {
        throw FetchFailure(.tooManyRevocations, of: .revocationFeed)
      }
      outages.succeeded()
    } catch {
      state.withLock { $0.failed(error) }
      metrics.revocationFetchFailures.increment()
      outages.failed(error.outage)
    }
  }
}
