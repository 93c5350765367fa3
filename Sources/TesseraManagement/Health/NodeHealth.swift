import Synchronization
package import TesseraCore

/// What a node is ready for, as far as it can say itself.
package final class NodeHealth: Sendable {
  private struct State {
    var hasStore = false
    var isListening = false
    var isDraining = false
  }

  private let replica: Replica
  private let state = Mutex(State())

  package init(of replica: Replica) {
    self.replica = replica
  }

  /// The store was reached, and what has to be there before the first answer was read.
  package func storeIsThere() { state.withLock { $0.hasStore = true } }

  /// The public listener takes requests.
  package func isListening() { state.withLock { $0.isListening = true } }

  /// The public listener takes no new ones any more.
  package func isDraining() { state.withLock { $0.isDraining = true } }

  /// Why the start is not over; none when it is.
  var reasonsNotStarted: [String] {
    let state = state.withLock { $0 }
    return (state.hasStore ? [] : ["the store was not reached yet"])
      + (state.isListening ? [] : ["the public listener is not open yet"])
  }

  /// Why no requests should be sent here; none when they should.
  var reasonsNotReady: [String] {
    guard reasonsNotStarted.isEmpty else { return reasonsNotStarted }
    return (state.withLock { $0.isDraining } ? ["the server is stopping"] : [])
      + (replica.outage.map { [$0] } ?? [])
  }
}
