import Synchronization
import TesseraSupport

/// Says on standard error how far something has come, every few seconds where it takes long.
final class ProgressLines: Sendable {
  private static let pause: Int64 = 5000
  private let last = Mutex(MonotonicClock.system.milliseconds)

  /// `verb` is what was done to so many records, such as `copied`.
  @Sendable func report(_ verb: String, _ done: Int, of total: Int) {
    let isDue = last.withLock { last in
      let now = MonotonicClock.system.milliseconds
      guard now - last >= ProgressLines.pause else { return false }
      last = now
      return true
    }
    if isDue { Console.note("\(verb) \(done) of \(total) records") }
  }
}
