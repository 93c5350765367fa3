import Synchronization

/// The spans that wait to be exported, in bounded memory: when it is full, further ones are dropped and counted.
package final class SpanQueue: Sendable {
  private struct State {
    var waiting: [FinishedSpan] = []
    var exported = 0
    var dropped = 0
  }

  private let capacity: Int
  private let state = Mutex(State())

  package init(capacity: Int = 8192) {
    self.capacity = capacity
  }

  /// How many were exported, and how many were dropped, since the start.
  package var counts: (exported: Int, dropped: Int) { state.withLock { ($0.exported, $0.dropped) } }

  func add(_ span: FinishedSpan) {
    state.withLock { state in
      if state.waiting.count < capacity { state.waiting.append(span) } else { state.dropped += 1 }
    }
  }

  /// Takes the oldest, at most so many.
  func take(_ most: Int) -> [FinishedSpan] {
    state.withLock { state in
      let batch = Array(state.waiting.prefix(most))
      state.waiting.removeFirst(batch.count)
      return batch
    }
  }

  func count(exported: Int = 0, dropped: Int = 0) {
    state.withLock { state in
      state.exported += exported
      state.dropped += dropped
    }
  }
}
