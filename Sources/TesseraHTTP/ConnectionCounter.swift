import Synchronization

/// Counts open connections against their limit.
final class ConnectionCounter: Sendable {
  private let limit: Int
  private let count = Atomic<Int>(0)

  init(limit: Int) {
    self.limit = limit
  }

  /// Counts a new connection.
  ///
  /// False when there are too many; it counts all the same.
  func open() -> Bool {
    count.add(1, ordering: .relaxed).newValue <= limit
  }

  /// A connection is gone.
  func close() {
    count.subtract(1, ordering: .relaxed)
  }
}
