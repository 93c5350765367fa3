import Synchronization
package import TesseraCore

/// How long the calls of a store took, by operation.
///
/// Under a lock, since whoever asks the store waits for far longer.
package final class StoreTimes: Sendable {
  private let durations = Mutex<[String: DurationHistogram]>([:])

  package init() {}

  /// By operation, in the order of their names.
  package var all: [(operation: String, durations: DurationHistogram)] {
    durations.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Times a call of this operation.
  func time<Value>(
    _ operation: StaticString,
    _ call: () async throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let start = ContinuousClock.now
    defer {
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
      durations.withLock {
        $0[operation.description, default: DurationHistogram()].add(microseconds: microseconds)
      }
    }
    return try await call()
  }
}
