import CoreMetrics
import Synchronization
import TesseraSupport

/// The keys of a token service: kept, renewed, and used on for a while when they cannot be renewed.
final class KeySource: Sendable {
  let time: Timekeeper
  /// What reads documents of the token service.
  let loader: KeyLoader
  private let metrics: GuardMetrics
  private let outages: OutageLog
  private let state: Mutex<KeyState>
  private let flight = SingleFlight()

  init(
    loader: KeyLoader,
    settings: AccessTokenVerifier.Settings,
    metrics: GuardMetrics,
    outages: OutageLog
  ) {
    self.loader = loader
    self.metrics = metrics
    self.outages = outages
    time = loader.time
    state = Mutex(KeyState(settings: settings))
  }

  /// Whose keys they are.
  var issuer: String { loader.issuer.text }
  /// How many wait for keys.
  var waiterCount: Int { flight.waiterCount }

  /// The keys, unless they could not be renewed for too long.
  var current: KeyState.Copy? {
    let now = time.now
    return state.withLock { $0.usable(at: now) }
  }

  /// The keys; asks for them when there are none.
  func copy() async throws(FetchFailure) -> KeyState.Copy {
    if let current { return current }
    let outcome = await flight.run(if: { state.withLock { $0.mayLoad(at: time.now) } }, renew)
    if let current { return current }
    throw failure(after: outcome)
  }

  /// Keys that are newer than this copy, because it lacks one; the same when it was looked for just now.
  func copy(beyond old: KeyState.Copy) async throws(FetchFailure) -> KeyState.Copy {
    let outcome = await flight.run(
      if: { state.withLock { $0.beginsLook(beyond: old, at: time.now) } },
      renew
    )
    let (copy, hasFailed) = state.withLock { ($0.copy, $0.failure != nil) }
    if let copy, copy.generation > old.generation || outcome == .notNeeded && !hasFailed { return copy }
    throw failure(after: outcome)
  }

  /// Begins to renew the keys when their time has come.
  func renewIfDue() {
    flight.begin(if: { state.withLock { $0.mayRenew(at: time.now) } }, renew)
  }

  private func failure(after outcome: SingleFlight.Outcome) -> FetchFailure {
    guard outcome != .cancelled else { return FetchFailure(.cancelled, of: .keySet) }
    return state.withLock { $0.failure } ?? FetchFailure(.timedOut, of: .keySet)
  }

  @Sendable private func renew() async {
    let askedAt = time.now
    metrics.keyFetches.increment()
    do throws(FetchFailure) {
      let publication = try await loader.load()
      state.withLock { $0.succeeded(publication, askedAt: askedAt) }
      outages.succeeded()
    } catch {
      state.withLock { $0.failed(error, at: time.now) }
      metrics.keyFetchFailures.increment()
      outages.failed(error.outage)
    }
  }
}
