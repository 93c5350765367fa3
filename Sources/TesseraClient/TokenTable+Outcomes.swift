extension TokenTable {
  /// A request has brought a token.
  mutating func succeed(
    _ key: TokenKey,
    with granted: GrantedToken,
    at now: Duration,
    fraction: Double
  ) -> (token: AccessToken, waiters: [Waiter]) {
    refusal = nil
    lastSerial += 1
    let token = AccessToken(
      value: granted.value,
      scopes: granted.scopes ?? key.scopes,
      lifetime: granted.lifetime,
      scheme: granted.scheme,
      key: key,
      serial: lastSerial,
      tls: granted.tls
    )
    let expiresAt = granted.requestedAt + granted.lifetime
    let isRenewal = slots[key]?.isRenewal ?? false
    let isAwaited = slots[key]?.waiters.isEmpty == false
    slots[key, default: TokenSlot()].held = TokenSlot.Held(
      token: token,
      expiresAt: expiresAt,
      refreshAt: RefreshPolicy.refreshTime(
        expiresAt: expiresAt,
        lifetime: granted.lifetime,
        fraction: fraction
      ),
      renewedAt: isRenewal ? now : nil,
      isUsed: isAwaited
    )
    let waiters = slots[key]?.endRequest() ?? []
    makeRoom(at: now, keeping: key)
    return (token, waiters)
  }

  /// A request has failed for good.
  mutating func fail(
    _ key: TokenKey,
    refusal: Refusal?,
    at now: Duration,
    fraction: Double
  ) -> [Waiter] {
    if let refusal { self.refusal = refusal }
    let waiters = slots[key]?.endRequest() ?? []
    if let held = slots[key]?.token(at: now) {
      slots[key]?.held?.refreshAt = RefreshPolicy.refreshTime(
        afterFailureAt: now,
        lifetime: held.token.lifetime,
        fraction: fraction
      )
    } else {
      slots[key] = nil
    }
    return waiters
  }

  /// The credentials are now these: a refusal of others no longer counts.
  ///
  /// Returns whether there was one.
  mutating func forgetRefusal(ofCredentialsOtherThan credentials: CredentialsVersion) -> Bool {
    guard let refused = refusal?.credentials, refused != credentials else { return false }
    refusal = nil
    return true
  }

  /// Forgets tokens that have ended when there are too many, and if that is not enough, the one that ends first.
  private mutating func makeRoom(at now: Duration, keeping key: TokenKey) {
    guard slots.count > capacity else { return }
    slots = slots.filter { $0.value.isRequested || $0.value.token(at: now) != nil || $0.key == key }
    guard slots.count > capacity else { return }
    let first = slots.filter { !$0.value.isRequested && $0.key != key }
      .min { ($0.value.held?.expiresAt ?? .zero) < ($1.value.held?.expiresAt ?? .zero) }
    if let first { slots[first.key] = nil }
  }
}
