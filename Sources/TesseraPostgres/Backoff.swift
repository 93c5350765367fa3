import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraSupport

/// When a database that could not be connected to is tried again, for all connections of a store.
///
/// Until then calls fail at once, with what was wrong last. Each time takes twice as long, up to a bound, less a random
/// part, so that nodes do not come back all at once.
final class Backoff: Sendable {
  /// The shortest and the longest time between two tries, in milliseconds.
  static let bounds: ClosedRange<Int64> = 50...2000

  private struct State {
    var failures = 0
    var next: Int64 = .min
    var last: ConnectionProblem?
  }

  private let clock: MonotonicClock
  private let random: RandomSource
  private let state = Mutex(State())

  init(clock: MonotonicClock, random: RandomSource) {
    self.clock = clock
    self.random = random
  }

  /// Milliseconds until the next try may be made, 0 when it may now.
  var remaining: Int64 { state.withLock { max(0, $0.next == .min ? 0 : $0.next - clock.milliseconds) } }

  /// Makes a try, unless it is too early.
  func attempt<Value>(_ connect: () throws(ConnectionProblem) -> Value) throws(ConnectionProblem) -> Value {
    let early = state.withLock { $0.next > clock.milliseconds ? $0.last : nil }
    if let early { throw early }
    do throws(ConnectionProblem) {
      let value = try connect()
      state.withLock { $0 = State() }
      return value
    } catch {
      let fraction = Double(random.bytes(count: 1)[0]) / 255
      state.withLock { state in
        let longest = min(Backoff.bounds.upperBound, Backoff.bounds.lowerBound << min(state.failures, 10))
        state.failures += 1
        state.next = clock.milliseconds + Int64(Double(longest) * (0.5 + fraction / 2))
        state.last = error
      }
      throw error
    }
  }
}
