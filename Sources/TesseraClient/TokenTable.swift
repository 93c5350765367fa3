/// Every token of a source, who waits for which, and whether the token service is to be left alone.
///
/// A state machine without a clock, a network or a lock: what happens is told to it, and it says what to do. All
/// times are those of one monotonic clock.
struct TokenTable<Waiter> {
  /// Why no request is made for a while.
  struct Refusal {
    let error: TokenRequestError
    let until: Duration
    /// Which credentials were refused; nil when it was not about them.
    let credentials: CredentialsVersion?
  }

  /// What a caller is to do.
  enum Answer {
    case use(AccessToken)
    /// Use it, and make a request that nobody waits for.
    case useAndRequest(AccessToken)
    case refuse(Refusal)
    /// Wait for a request that is under way; or, when asked without a waiter, ask again with one.
    case wait
    /// Make a request, and wait for it.
    case waitAndRequest
  }

  let capacity: Int
  let renewalPause: Duration
  var slots: [TokenKey: TokenSlot<Waiter>] = [:]
  var refusal: Refusal?
  var lastSerial: UInt64 = 0

  init(capacity: Int, renewalPause: Duration) {
    self.capacity = max(1, capacity)
    self.renewalPause = renewalPause
  }

  /// Asks for a token.
  ///
  /// Without a waiter nothing is begun that somebody would have to wait for.
  mutating func ask(
    for key: TokenKey,
    at now: Duration,
    waiter: (number: UInt64, value: Waiter)?
  ) -> Answer {
    if let held = slots[key]?.token(at: now) {
      if !held.isUsed { slots[key]?.held?.isUsed = true }
      guard now >= held.refreshAt, slots[key]?.isRequested == false, refusal(at: now) == nil else {
        return .use(held.token)
      }
      slots[key]?.isRequested = true
      return .useAndRequest(held.token)
    }
    let isRequested = slots[key]?.isRequested ?? false
    if !isRequested, let refusal = refusal(at: now) { return .refuse(refusal) }
    guard let waiter else { return .wait }
    slots[key, default: TokenSlot()].waiters[waiter.number] = waiter.value
    slots[key]?.isRequested = true
    return isRequested ? .wait : .waitAndRequest
  }

  /// The keys of used tokens that it is time to replace: a request has to be made for each.
  mutating func askForDue(at now: Duration) -> [TokenKey] {
    guard refusal(at: now) == nil else { return [] }
    let due = slots.filter { _, slot in
      guard let held = slot.token(at: now), held.isUsed, !slot.isRequested else { return false }
      return now >= held.refreshAt
    }.keys
    for key in due { slots[key]?.isRequested = true }
    return Array(due)
  }

  /// A caller no longer wants to wait; nil when it no longer does.
  mutating func leave(_ key: TokenKey, number: UInt64) -> Waiter? {
    slots[key]?.waiters.removeValue(forKey: number)
  }

  /// An API has rejected a token, so it is forgotten if it is still the current one.
  ///
  /// Returns the token when it is to be kept, because it replaced a rejected one a moment ago.
  mutating func reject(_ token: AccessToken, at now: Duration) -> AccessToken? {
    guard var slot = slots[token.key], let held = slot.held, held.token.serial == token.serial else {
      return nil
    }
    if let renewedAt = held.renewedAt, now < renewedAt + renewalPause, now < held.expiresAt { return token }
    slot.held = nil
    // A request that was under way before the rejection may bring a token that is rejected for the same reason.
    slot.isRenewal = !slot.isRequested
    slots[token.key] = slot
    return nil
  }

  private func refusal(at now: Duration) -> Refusal? {
    refusal.flatMap { now < $0.until ? $0 : nil }
  }
}
