import Synchronization
import TesseraCore

/// One call of a store: it waits for its turn, has it once and ends once.
final class Turn<Work: Sendable>: Sendable {
  private enum Phase {
    case new
    case waiting(CheckedContinuation<StoreError?, Never>)
    case running(CheckedContinuation<StoreError?, Never>)
    /// With what it ends when that was known before anybody waited for it.
    case over(StoreError?)
  }

  /// What is done when it is its turn.
  let work: Work
  private let phase = Mutex(Phase.new)

  init(_ work: Work) {
    self.work = work
  }

  /// Adds it to a queue by `add` and waits for its end; why it failed, if it did.
  func result(addingBy add: (Turn) -> Void) async -> StoreError? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let early: StoreError?? = phase.withLock { phase in
          if case .over(let failure) = phase { return .some(failure) }
          phase = .waiting(continuation)
          return nil
        }
        if let early { continuation.resume(returning: early) } else { add(self) }
      }
    } onCancel: {
      giveUp(.unavailable("The call was cancelled"))
    }
  }

  /// Whether the turn is used: false when it has been given up.
  func begin() -> Bool {
    phase.withLock { phase in
      guard case .waiting(let continuation) = phase else { return false }
      phase = .running(continuation)
      return true
    }
  }

  /// Ends one that has begun.
  func finish(_ failure: StoreError?) {
    let continuation = phase.withLock { phase -> CheckedContinuation<StoreError?, Never>? in
      guard case .running(let continuation) = phase else { return nil }
      phase = .over(failure)
      return continuation
    }
    continuation?.resume(returning: failure)
  }

  /// Ends one that has not begun; one that has goes on.
  func giveUp(_ failure: StoreError) {
    let continuation = phase.withLock { phase -> CheckedContinuation<StoreError?, Never>? in
      switch phase {
      case .new:
        phase = .over(failure)
        return nil
      case .waiting(let continuation):
        phase = .over(failure)
        return continuation
      case .running, .over: return nil
      }
    }
    continuation?.resume(returning: failure)
  }
}

/// A call that has the connection for itself.
typealias Job = Turn<JobBody>

/// What a job does.
struct JobBody: Sendable {
  let run: @Sendable (Connection) throws(StoreError) -> Void
}

extension Job {
  /// Does what it is for; why it failed, if it did.
  func run(_ connection: Connection) -> StoreError? {
    do throws(StoreError) {
      try work.run(connection)
      return nil
    } catch {
      return error
    }
  }
}
