import Synchronization
import TesseraJOSE
package import TesseraSupport

/// How fast one client may revoke tokens one by one; who is faster is told to come again later (429), and nobody else
/// is.
///
/// What waits for the store is memory, and each revocation is a row in the audit log.
package final class RevocationAllowance: Sendable {
  /// What a client may do.
  package struct Settings: Sendable {
    /// How many of its revocations may wait for the store.
    package var waiting: Int
    /// How many it may make at once, after a pause that is long enough.
    package var burst: Int
    /// How many it may make each second without end.
    package var perSecond: Int

    package init(waiting: Int = 32, burst: Int = 10_000, perSecond: Int = 10) {
      self.waiting = waiting
      self.burst = burst
      self.perSecond = perSecond
    }
  }

  private struct Spending {
    /// Thousandths of revocations.
    var spent: Int64 = 0
    var at: Int64
  }

  private struct State {
    var waiting: [ClientID: Int] = [:]
    var spending = GenerationalCache<ClientID, Spending>(capacity: RevocationAllowance.capacity)
  }

  /// The most clients that are remembered.
  private static let capacity = 20_000

  private let settings: Settings
  private let clock: MonotonicClock
  private let state = SharedLock(State())

  package init(settings: Settings, clock: MonotonicClock) {
    self.settings = settings
    self.clock = clock
  }

  /// Whether a revocation of this client would be refused now; to know at once, before anything waits.
  func isExhausted(for client: ClientID) -> Bool {
    state.withLock { $0.waiting[client, default: 0] >= settings.waiting }
  }

  /// Does what one revocation of a client takes, unless the client has too many already.
  func run<Value>(
    for client: ClientID,
    _ body: () async throws(OAuthError) -> Value
  ) async throws(OAuthError) -> Value {
    guard begin(client) else { throw .slowDown(retryAfter: 1) }
    defer { end(client) }
    return try await body()
  }

  private func begin(_ client: ClientID) -> Bool {
    let now = clock.milliseconds
    return state.withLock { state in
      let waiting = state.waiting[client, default: 0]
      guard waiting < settings.waiting else { return false }
      var spending = state.spending.value(for: client) ?? Spending(at: now)
      spending.spent = max(0, spending.spent - max(0, now - spending.at) * Int64(settings.perSecond))
      spending.at = now
      guard spending.spent + 1000 <= Int64(settings.burst) * 1000 else {
        state.spending.insert(spending, for: client)
        return false
      }
      spending.spent += 1000
      state.spending.insert(spending, for: client)
      state.waiting[client] = waiting + 1
      return true
    }
  }

  private func end(_ client: ClientID) {
    state.withLock { state in
      guard let waiting = state.waiting[client], waiting > 1 else {
        state.waiting[client] = nil
        return
      }
      state.waiting[client] = waiting - 1
    }
  }
}
