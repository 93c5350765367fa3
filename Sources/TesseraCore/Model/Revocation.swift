package import TesseraJOSE

/// The revocation of one token (RFC 7009).
package struct Revocation: Sendable, Equatable {
  /// The token.
  package let token: TokenID
  /// The client that it was issued to.
  package let clientID: ClientID
  /// When it was issued.
  package let issuedAt: Timestamp
  /// When the token expires by itself, after which the revocation can be forgotten.
  package let expiresAt: Timestamp

  package init(token: TokenID, clientID: ClientID, issuedAt: Timestamp, expiresAt: Timestamp) {
    self.token = token
    self.clientID = clientID
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
  }
}

/// A revocation with its place in the feed of changes.
package struct RevocationRecord: Sendable, Equatable {
  /// The change that recorded it, see `Change`.
  package let sequence: Int64
  /// The token.
  package let token: TokenID
  /// The client that it was issued to; nil for one that was revoked before that was kept.
  package let clientID: ClientID?
  /// When it was issued; 0 for one that was revoked before that was kept.
  package let issuedAt: Timestamp
  /// When it expires by itself.
  package let expiresAt: Timestamp

  package init(
    sequence: Int64,
    token: TokenID,
    clientID: ClientID?,
    issuedAt: Timestamp,
    expiresAt: Timestamp
  ) {
    self.sequence = sequence
    self.token = token
    self.clientID = clientID
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
  }

  /// This revocation, recorded by this change.
  package init(sequence: Int64, _ revocation: Revocation) {
    self.init(
      sequence: sequence,
      token: revocation.token,
      clientID: revocation.clientID,
      issuedAt: revocation.issuedAt,
      expiresAt: revocation.expiresAt
    )
  }
}

/// What it came to that a token was revoked; either way the token is inactive for good.
package enum RevocationOutcome: Sendable, Equatable {
  /// Its revocation is recorded, now or from before.
  case token(RevocationRecord)
  /// Its client had too many revoked tokens: all that it was issued until now are inactive instead, and none of them
  /// is recorded by itself any more.
  case client(ClientNotBefore)
}
