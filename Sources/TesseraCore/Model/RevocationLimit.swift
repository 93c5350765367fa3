/// How many revoked tokens are remembered one by one, of each client and of all.
///
/// Beyond it the not-before of the client takes over: one row, for all tokens that it was issued until then. So a
/// client that revokes without end costs everybody a bounded amount of memory and disk, and still gets what it asked
/// for, and more.
package struct RevocationLimit: Sendable, Equatable {
  /// The most of one client, while there is room for all.
  package var ofClient: Int
  /// The most of all clients together.
  package var ofAll: Int
  /// What every client has, however many there are of others.
  package var least: Int

  package init(ofClient: Int = 10_000, ofAll: Int = 200_000, least: Int = 64) {
    self.ofClient = ofClient
    self.ofAll = ofAll
    self.least = least
  }

  /// Whether one more token of a client is remembered by itself, when this many are.
  ///
  /// What is left is never given to one client whole: whoever has most gives way first, and a client that revokes
  /// a token now and then never does.
  package func allowsAnother(ofClient count: Int, ofAll total: Int) -> Bool {
    count < max(least, min(ofClient, (ofAll - total) / 2))
  }
}

extension AuditEvent {
  /// What is in the log instead, when the not-before of the client takes over from this many revoked tokens.
  package func takenOver(by client: ClientID, from count: Int) -> AuditEvent {
    AuditEvent(
      time: time,
      actor: actor,
      address: address,
      action: .clientTokensRevoked,
      subject: client.rawValue,
      details: ["reason": "too many revoked tokens", "tokens": String(count), "last": subject]
    )
  }
}
