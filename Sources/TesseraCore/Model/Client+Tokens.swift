package import TesseraJOSE

/// What takes the tokens of a client back. A store does it in the transaction of whatever else changes.
extension Client {
  /// Makes all tokens inactive that it has now, and those that were issued up to these times: another node's clock may
  /// be ahead.
  ///
  /// It can get new ones. What was taken back before stays taken back.
  package mutating func revokeTokens(issuedUntil times: Timestamp..., at now: Timestamp) {
    let start = times.reduce(now, max).justAfter
    tokensNotBefore = max(tokensNotBefore ?? start, start)
    updatedAt = now
  }

  /// Refuses it new tokens and takes those it has back, for good: enabling it does not return a token that was stolen.
  ///
  /// With `keepingTokens` they are inactive only as long as the client is disabled.
  package mutating func disable(at now: Timestamp, keepingTokens: Bool = false) {
    isEnabled = false
    if keepingTokens { updatedAt = now } else { revokeTokens(at: now) }
  }

  /// Lets it get tokens again.
  package mutating func enable(at now: Timestamp) {
    isEnabled = true
    updatedAt = now
  }

  /// This client as it is registered under an identifier that another one had, of which `earlier` tells: no token of
  /// that one is its own, whatever the clock said meanwhile.
  package func succeeding(_ earlier: ClientNotBefore) -> Client {
    var client = self
    let start = earlier.madeAt.justAfter
    if start > createdAt { client.tokensNotBefore = max(tokensNotBefore ?? start, start) }
    return client
  }
}

extension AuditEvent {
  /// What is recorded of a client whose tokens this takes back beside what it does itself.
  package func revokingTokens(of id: ClientID) -> AuditEvent {
    AuditEvent(
      time: time,
      actor: actor,
      address: address,
      action: .clientTokensRevoked,
      subject: id.rawValue,
      details: ["because": "\(action.rawValue) \(subject)"]
    )
  }
}

extension Timestamp {
  /// The first moment after this millisecond, so that what is issued in this very one counts as before.
  var justAfter: Timestamp { advanced(byMilliseconds: 1) }
}
