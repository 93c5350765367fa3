import CoreMetrics
import Logging
import Synchronization
import TesseraSupport

extension ClientCredentialsTokenSource {
  /// The token that is there; nil when it has to be waited for.
  ///
  /// Begins a background refresh when it is time for one.
  func cached(_ key: TokenKey) throws(TokenRequestError) -> AccessToken? {
    while true {
      let answer = table.withLock { $0.ask(for: key, at: requester.time.now, waiter: nil) }
      switch answer {
      case .use(let token):
        requester.metrics.cacheHits.increment()
        return token
      case .useAndRequest(let token):
        requester.metrics.cacheHits.increment()
        requester.metrics.refreshes.increment()
        request(key)
        return token
      case .refuse(let refusal):
        guard forgetsRefusal(refusal) else { throw refusal.error }
      case .wait, .waitAndRequest:
        return nil
      }
    }
  }

  /// Gives a rejected token to no caller any more; returns it when it is to be kept nevertheless.
  @discardableResult func forget(_ rejected: AccessToken) -> AccessToken? {
    table.withLock { $0.reject(rejected, at: requester.time.now) }
  }

  /// Waits for the request that is under way, or makes it.
  func waitForToken(_ key: TokenKey) async throws -> AccessToken {
    let number = nextNumber.add(1, ordering: .relaxed).newValue
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enter(key, number, continuation)
      }
    } onCancel: {
      // Finds nobody when the caller has not entered yet; then it sees on entering that it is cancelled.
      let waiter = table.withLock { $0.leave(key, number: number) }
      waiter?.resume(throwing: CancellationError())
    }
  }

  private func enter(
    _ key: TokenKey,
    _ number: UInt64,
    _ continuation: CheckedContinuation<AccessToken, any Error>
  ) {
    let answer = table.withLock { table -> Table.Answer? in
      Task.isCancelled
        ? nil : table.ask(for: key, at: requester.time.now, waiter: (number, continuation))
    }
    switch answer {
    case .none: continuation.resume(throwing: CancellationError())
    case .use(let token): continuation.resume(returning: token)
    case .useAndRequest(let token):
      request(key)
      continuation.resume(returning: token)
    case .refuse(let refusal): continuation.resume(throwing: refusal.error)
    case .wait: break
    case .waitAndRequest: request(key)
    }
  }

  /// Whether the refusal is forgotten, because the credentials are others by now.
  private func forgetsRefusal(_ refusal: Table.Refusal) -> Bool {
    guard refusal.credentials != nil, let version = try? requester.prover.version() else {
      return false
    }
    return table.withLock { $0.forgetRefusal(ofCredentialsOtherThan: version) }
  }

  /// Replaces the tokens that it is time for.
  func renewWhatIsDue() {
    for key in table.withLock({ $0.askForDue(at: requester.time.now) }) {
      requester.metrics.refreshes.increment()
      request(key)
    }
  }

  /// Makes a request in a task of its own, so that no caller's cancellation ends it.
  private func request(_ key: TokenKey) {
    Task {
      do throws(TokenRequester.Failure) {
        finish(key, try await requester.token(for: key))
      } catch {
        finish(key, error)
      }
    }
  }

  private func finish(_ key: TokenKey, _ granted: GrantedToken) {
    let (token, waiters) = table.withLock {
      $0.succeed(key, with: granted, at: requester.time.now, fraction: requester.random.next())
    }
    requester.logger.debug(
      "got an access token",
      metadata: ["scopes": "\(token.scopes.joined(separator: " "))", "lifetime": "\(token.lifetime)"]
    )
    for waiter in waiters { waiter.resume(returning: token) }
  }

  private func finish(_ key: TokenKey, _ failure: TokenRequester.Failure) {
    let waiters = table.withLock { table in
      let now = requester.time.now
      let refusal = failure.pause.map {
        Table.Refusal(error: failure.error, until: now + $0, credentials: failure.refused)
      }
      return table.fail(key, refusal: refusal, at: now, fraction: requester.random.next())
    }
    for waiter in waiters { waiter.resume(throwing: failure.error) }
  }
}
