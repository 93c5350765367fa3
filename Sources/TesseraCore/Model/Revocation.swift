/// The revocation of one token (RFC 7009).
package struct Revocation: Sendable, Equatable {
  /// The token.
  package let token: TokenID
  /// When the token expires by itself, after which the revocation can be forgotten.
  package let expiresAt: Timestamp

  package init(token: TokenID, expiresAt: Timestamp) {
    self.token = token
    self.expiresAt = expiresAt
  }
}

/// A revocation with its place in the feed of changes.
package struct RevocationRecord: Sendable, Equatable {
  /// The change that recorded it, see `Change`.
  package let sequence: Int64
  /// What was revoked.
  package let revocation: Revocation

  package init(sequence: Int64, revocation: Revocation) {
    self.sequence = sequence
    self.revocation = revocation
  }
}
