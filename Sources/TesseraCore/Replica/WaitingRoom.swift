import TesseraJOSE

/// Where requests wait for the store, as many as there is room for, with a share for each party.
///
/// A party may take up to half of the room that is left: alone it gets a third, and however many come at once, there
/// is room for the next. Who finds none is told to come again (503) at once, because waiting longer than the store takes
/// helps nobody.
package final class WaitingRoom<Party: Hashable & Sendable>: Sendable {
  private struct State {
    var count = 0
    var counts: [Party: Int] = [:]
  }

  private let capacity: Int
  /// What each party may take while there is any room.
  private let leastShare: Int
  private let state = SharedLock(State())

  package init(capacity: Int) {
    self.capacity = capacity
    leastShare = max(1, capacity / 32)
  }

  /// How many wait.
  package var count: Int { state.withLock { $0.count } }

  /// Lets one more of a party wait until it leaves; false when there is no room for it.
  package func enter(_ party: Party) -> Bool {
    state.withLock { state in
      let waiting = state.counts[party, default: 0]
      guard state.count < capacity, waiting < max(leastShare, (capacity - state.count) / 2) else {
        return false
      }
      state.count += 1
      state.counts[party] = waiting + 1
      return true
    }
  }

  /// One of a party waits no more.
  package func leave(_ party: Party) {
    state.withLock { state in
      guard let waiting = state.counts[party] else { return }
      state.count -= 1
      state.counts[party] = waiting > 1 ? waiting - 1 : nil
    }
  }
}
