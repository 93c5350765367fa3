import Synchronization
import TesseraCore

/// A sink that keeps what it is told, and fails when a test tells it to.
final class TestSink: DeliverySink {
  private struct State {
    var told: [SecurityEvent] = []
    var failures: [DeliveryFailure] = []
    var tries = 0
    var whileTelling: (@Sendable () async throws -> Void)?
  }

  let batchSize: Int
  private let state = Mutex(State())

  init(batchSize: Int = 1) {
    self.batchSize = batchSize
  }

  /// What arrived.
  var told: [SecurityEvent] { state.withLock(\.told) }

  /// The names of what arrived.
  var names: [String] { told.map(\.kind.name) }

  /// How often it was told something.
  var tries: Int { state.withLock(\.tries) }

  /// Fails as often as there are failures, in their order.
  func fail(_ failures: DeliveryFailure...) {
    state.withLock { $0.failures += failures }
  }

  /// Does this once, before what is told next arrives.
  func whileTelling(_ body: @escaping @Sendable () async throws -> Void) {
    state.withLock { $0.whileTelling = body }
  }

  func tell(_ events: [SecurityEvent]) async -> DeliveryFailure? {
    let body = state.withLock { state in
      defer { state.whileTelling = nil }
      return state.whileTelling
    }
    try? await body?()
    return state.withLock { state in
      state.tries += 1
      if !state.failures.isEmpty { return state.failures.removeFirst() }
      state.told += events
      return nil
    }
  }
}
