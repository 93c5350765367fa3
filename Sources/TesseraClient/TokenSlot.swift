/// What is known of the token for one key.
struct TokenSlot<Waiter> {
  /// A token that has not been rejected.
  struct Held {
    let token: AccessToken
    let expiresAt: Duration
    /// When the next background refresh begins.
    var refreshAt: Duration
    /// When it replaced a rejected token; nil when it did not.
    let renewedAt: Duration?
    /// Whether anybody has got it.
    var isUsed: Bool
  }

  var held: Held?
  /// Whether a request for a token is under way.
  var isRequested = false
  /// Whether the request that is under way, or the next one, replaces a rejected token.
  var isRenewal = false
  /// Who waits for the request, by the number of the caller.
  var waiters: [UInt64: Waiter] = [:]

  /// The token, when it has not ended.
  func token(at now: Duration) -> Held? {
    held.flatMap { now < $0.expiresAt ? $0 : nil }
  }

  /// Ends the request and returns who waited for it, in the order they came.
  mutating func endRequest() -> [Waiter] {
    isRequested = false
    isRenewal = false
    defer { waiters = [:] }
    return waiters.sorted { $0.key < $1.key }.map(\.value)
  }
}
