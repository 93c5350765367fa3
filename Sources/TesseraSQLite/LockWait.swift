import Foundation

/// Waits for locks that SQLite itself does not wait for.
enum LockWait {
  /// Calls `body` until it succeeds, fails for another reason than a lock, or this many seconds are over.
  static func retry<Value>(
    forSeconds seconds: Double,
    _ body: () throws(SQLiteStoreError) -> Value
  ) throws(SQLiteStoreError) -> Value {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      do throws(SQLiteStoreError) {
        return try body()
      } catch {
        guard error.problem == .locked, ContinuousClock.now < deadline else { throw error }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }
}
