import Synchronization
import TesseraCore
import TesseraJOSE
package import TesseraSupport

/// Clocks that stand still until a test moves them.
///
/// Both move together.
package final class TestClocks: Sendable {
  private let now: Mutex<Int64>
  /// How far the time of day was set, in milliseconds.
  private let shift = Mutex<Int64>(0)

  /// Clocks that show this many milliseconds since the epoch.
  package init(milliseconds: Int64 = 1_691_671_317_643) {
    now = Mutex(milliseconds)
  }

  /// The time of day.
  package var wall: WallClock {
    WallClock { Timestamp(milliseconds: self.now.withLock { $0 } + self.shift.withLock { $0 }) }
  }

  /// The passing of time.
  package var monotonic: MonotonicClock {
    MonotonicClock { self.now.withLock { $0 } }
  }

  /// Moves both clocks.
  package func advance(seconds: Int64) {
    advance(milliseconds: seconds * 1000)
  }

  /// Moves both clocks.
  package func advance(milliseconds: Int64) {
    now.withLock { $0 += milliseconds }
  }

  /// Sets the time of day by this much, as somebody does who corrects it, or a machine that has lost it.
  package func setWallClock(bySeconds seconds: Int64) {
    shift.withLock { $0 += seconds * 1000 }
  }
}
