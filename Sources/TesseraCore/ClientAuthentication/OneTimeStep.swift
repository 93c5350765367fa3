import Synchronization

/// A step that is taken once in an exchange, however often its endpoint has to be asked.
///
/// Whoever takes it keeps one of these, for each thing that is written one.
package final class OneTimeStep<Value: Sendable>: Sendable {
  package init() {}
}

/// What a one-time step of one exchange has come to.
final class StepOutcome<Value: Sendable>: Sendable {
  let step: OneTimeStep<Value>
  private let state = Mutex<Result<Value, OAuthError>?>(nil)

  init(of step: OneTimeStep<Value>) {
    self.step = step
  }

  /// Nil as long as the work is not done.
  var result: Result<Value, OAuthError>? { state.withLock { $0 } }

  /// Does the work, unless it was done: an exchange waits for one thing at a time.
  func complete(_ work: () async throws(OAuthError) -> Value) async {
    guard result == nil else { return }
    let result: Result<Value, OAuthError>
    do throws(OAuthError) {
      result = .success(try await work())
    } catch {
      result = .failure(error)
    }
    state.withLock { $0 = result }
  }
}
