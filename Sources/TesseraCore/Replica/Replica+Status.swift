import Synchronization
import TesseraJOSE
import TesseraSupport

/// What operators are told of a replica.
extension Replica {
  /// How long ago the store last answered, in seconds; nil before it was read for the first time.
  package var staleness: Double? {
    guard state.withLock({ $0.facts != nil }) else { return nil }
    return Double(max(0, monotonicClock.milliseconds - version.lastHeard)) / 1000
  }

  /// Why requests are answered 503 now; nil when they are not.
  package var outage: String? {
    do throws(Interruption) {
      _ = try facts()
      return nil
    } catch {
      guard case .refused(let refusal) = error else { return nil }
      return refusal.privateDetail
    }
  }

  /// The number of the last change that was heard of.
  package var lastChange: Int64 { state.withLock { $0.sequence } }

  /// How many clients are in memory.
  package var clientCount: Int { state.withLock { $0.clients.count } }

  /// The keys that seal and sign new tokens now, by use, each with its age in seconds; none before the store was read.
  package var keyAges: [(use: KeyUse, age: Double)] {
    guard let ring = state.withLock({ $0.facts?.keyRing }) else { return [] }
    let now = clock.now
    return ring.stored.filter { ring.state(of: $0, at: now, longestLifetime: 0) == .active }
      .map { ($0.use, Double(now.milliseconds - $0.activatesAt.milliseconds) / 1000) }
  }
}
