package import TesseraJOSE

extension Mutation {
  /// The revocations that a store has of a client and of all.
  package struct Standing: Sendable {
    package let ofClient: Int
    package let ofAll: Int
    /// How many of the client's are of tokens that have expired; needed where there is no room.
    package var expired = 0
    /// When the last of the client's tokens was issued that are revoked and have not expired; needed where there is no
    /// room without the expired ones either.
    package var lastIssued: Timestamp?

    package init(ofClient: Int, ofAll: Int) {
      self.ofClient = ofClient
      self.ofAll = ofAll
    }

    /// Whether one more of the client can be recorded by itself.
    package func hasRoom(within limit: RevocationLimit) -> Bool {
      limit.allowsAnother(ofClient: ofClient, ofAll: ofAll)
    }

    /// Whether it can when those that have expired are gone.
    package func hasRoomWithoutExpired(within limit: RevocationLimit) -> Bool {
      limit.allowsAnother(ofClient: ofClient - expired, ofAll: ofAll - expired)
    }
  }

  /// A token that is revoked, of a client that may be gone.
  ///
  /// Where the limit allows no more of the client, its revocations whose token has expired make room. Where that is not
  /// enough, the client's not-before takes over, and all its revocations go. A client that does not exist has no limit:
  /// it cannot revoke.
  package static func revoking(
    _ revocation: Revocation,
    of client: Client?,
    beside standing: Standing,
    limit: RevocationLimit,
    audit: AuditEvent
  ) -> Mutation {
    let insertion = Write.insertRevocation(revocation)
    guard var client, !standing.hasRoom(within: limit) else {
      return Mutation(audit, .revocation(revocation.token), writes: [insertion])
    }
    guard !standing.hasRoomWithoutExpired(within: limit) else {
      let removal = Write.deleteRevocations(of: client.id, expiredBefore: audit.time)
      return Mutation(audit, .revocation(revocation.token), writes: [removal, insertion])
    }
    let facts = client.auditFacts
    client.revokeTokens(
      issuedUntil: revocation.issuedAt,
      standing.lastIssued ?? revocation.issuedAt,
      at: audit.time
    )
    client.version += 1
    return Mutation(
      audit.takenOver(by: client.id, from: standing.ofClient - standing.expired + 1),
      .client(client.id),
      writes: [
        .updateTokensNotBefore(client), .deleteRevocations(of: client.id, expiredBefore: nil),
        // Also where it was as late before: when that was decided may be forgotten already.
        .setNotBefore(client.id, client.notBefore),
      ],
      differences: .between(facts, client.auditFacts)
    )
  }

  /// What the caller of a revocation gets when this is the number of the change.
  package func outcome(of revocation: Revocation, at sequence: Int64) -> RevocationOutcome {
    for case .setNotBefore(let id, let time) in writes {
      return .client(notBefore(time, of: id, at: sequence))
    }
    return .token(RevocationRecord(sequence: sequence, revocation))
  }
}
