import CoreMetrics
import Crypto
import Synchronization

extension IntrospectionVerification {
  /// Waits for the question that is under way, or asks it.
  func wait(for token: String, _ digest: SHA256.Digest, number: UInt64) async -> AccessTokenVerifier.Verdict {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        enter(token, digest, number, continuation)
      }
    } onCancel: {
      // Finds nobody when the caller has not entered yet; then it sees on entering that it is cancelled.
      let waiter = table.withLock { $0.leave(number) }
      waiter?.resume(returning: .failure(.unavailable(Outage(.cancelled))))
    }
  }

  private func enter(
    _ token: String,
    _ digest: SHA256.Digest,
    _ number: UInt64,
    _ continuation: CheckedContinuation<AccessTokenVerifier.Verdict, Never>
  ) {
    let answer = table.withLock { table -> Table.Answer in
      Task.isCancelled
        ? .known(.failure(.unavailable(Outage(.cancelled))))
        : table.ask(digest, waiter: continuation, number: number, at: now)
    }
    switch answer {
    case .known(let verdict): continuation.resume(returning: verdict)
    case .wait: break
    case .waitAndAsk(let flight): ask(token, flight)
    }
  }

  /// Asks in a task of its own, so that no caller's cancellation ends it.
  private func ask(_ token: String, _ flight: UInt64) {
    metrics.introspections.increment()
    Task {
      let finding: Result<Finding, IntrospectionFailure>
      do throws(IntrospectionFailure) {
        finding = .success(try await introspector.introspect(token))
        outages.succeeded()
      } catch {
        finding = .failure(error)
        metrics.failures.increment()
        outages.failed(error.outage)
      }
      let (verdict, waiters) = table.withLock { $0.finish(flight, with: finding, at: now) }
      for waiter in waiters { waiter.resume(returning: verdict) }
    }
  }
}
