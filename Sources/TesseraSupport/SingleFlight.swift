import Synchronization

/// Work that is done once however many wait for it.
package final class SingleFlight: Sendable {
  /// How waiting for it went.
  package enum Outcome: Sendable {
    /// It was done.
    case done
    /// There was no need.
    case notNeeded
    /// The caller was cancelled. The work goes on.
    case cancelled
  }

  private struct State {
    var isRunning = false
    var waiters: [UInt64: CheckedContinuation<Outcome, Never>] = [:]
    var lastNumber: UInt64 = 0
  }

  private enum Step {
    case wait, begin
    case answer(Outcome)
  }

  private let state = Mutex(State())

  package init() {}

  /// How many wait.
  package var waiterCount: Int { state.withLock { $0.waiters.count } }

  /// Waits for the work that is under way, or begins it when there is a need.
  ///
  /// Of several callers exactly one finds that there is none under way, so `isNeeded` may note that it begins now.
  package func run(
    if isNeeded: () -> Bool = { true },
    _ work: @escaping @Sendable () async -> Void
  ) async -> Outcome {
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        enter(number, continuation, isNeeded, work)
      }
    } onCancel: {
      // Finds nobody when the caller has not entered yet; then it sees on entering that it is cancelled.
      state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: .cancelled)
    }
  }

  /// Begins the work when there is a need and it is not under way, and does not wait for it.
  package func begin(if isNeeded: () -> Bool, _ work: @escaping @Sendable () async -> Void) {
    let begins = state.withLock { state in
      guard !state.isRunning, isNeeded() else { return false }
      state.isRunning = true
      return true
    }
    if begins { perform(work) }
  }

  private func enter(
    _ number: UInt64,
    _ continuation: CheckedContinuation<Outcome, Never>,
    _ isNeeded: () -> Bool,
    _ work: @escaping @Sendable () async -> Void
  ) {
    let step = state.withLock { state -> Step in
      if Task.isCancelled { return .answer(.cancelled) }
      if !state.isRunning {
        guard isNeeded() else { return .answer(.notNeeded) }
        state.isRunning = true
        state.waiters[number] = continuation
        return .begin
      }
      state.waiters[number] = continuation
      return .wait
    }
    switch step {
    case .wait: break
    case .begin: perform(work)
    case .answer(let outcome): continuation.resume(returning: outcome)
    }
  }

  /// In a task of its own, so that no caller's cancellation ends it.
  private func perform(_ work: @escaping @Sendable () async -> Void) {
    Task {
      await work()
      let waiters = state.withLock { state in
        defer { state.waiters = [:] }
        state.isRunning = false
        return state.waiters.values
      }
      for waiter in waiters { waiter.resume(returning: .done) }
    }
  }
}
