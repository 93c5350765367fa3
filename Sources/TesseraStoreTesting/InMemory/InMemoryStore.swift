import Synchronization
import TesseraCore

/// A store that forgets everything when it goes away: for tests, and as the plainest example of a store.
package final class InMemoryStore: Store {
  fileprivate struct State {
    var data = StoredData()
    var isClosed = false
  }

  private let state = Mutex(State())

  /// An empty store.
  package init() {}

  package func close() async {
    state.withLock { $0.isClosed = true }
  }

  /// Reads what there is now.
  func read<Value: Sendable>(
    _ body: (StoredData) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let data = try state.withLock { state throws(StoreError) in try state.open() }
    return try body(data)
  }

  /// Writes to a copy that takes the place of the data only when `body` does not throw.
  func write<Value: Sendable>(
    _ body: (inout StoredData) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    try state.withLock { state throws(StoreError) in
      var data = try state.open()
      let value = try body(&data)
      state.data = data
      return value
    }
  }
}

extension InMemoryStore.State {
  /// The data, unless the store is closed.
  fileprivate func open() throws(StoreError) -> StoredData {
    guard !isClosed else { throw .unavailable("The store is closed") }
    return data
  }
}

extension Array {
  /// The first elements, at most so many; none when the count is negative.
  func first(_ count: Int) -> [Element] {
    Array(prefix(Swift.max(0, count)))
  }
}
