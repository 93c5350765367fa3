import Crypto
package import TesseraJOSE

/// Where identifiers that may be used once are claimed, so that of all who come with one, on whatever node, exactly one
/// gets on.
package protocol ReplayStore: Sendable {
  /// Makes a claim; whether it was the first of its digest.
  ///
  /// The check is the write: one conditional insert, on the disk when the call returns. It has neither audit row nor
  /// change row, and waits for nothing else that is written. After an error nobody may get on by it, though it may have
  /// been made: a call that was cancelled, or whose answer was lost, never counts as the first.
  ///
  /// Whoever calls has seen to it that the time of the claim has not passed yet, since then it may be forgotten. Of one
  /// client only so many may wait; beyond that the claim is `unavailable`.
  func claim(_ claim: SingleUseClaim) async throws(StoreError) -> Bool
}

/// A claim that can be made once: of the `jti` of an assertion, say.
package struct SingleUseClaim: Sendable, Equatable {
  /// What is claimed; the same identifier of another kind is another claim.
  package enum Kind: String, Sendable, CaseIterable {
    /// The `jti` of an assertion by which a client authenticates (RFC 7523 §3).
    case clientAssertion = "client_assertion"
    /// The `jti` of a proof of possession (RFC 9449 §4.3).
    case proofOfPossession = "dpop"
    /// What a request to the management API is told by from others.
    case idempotencyKey = "idempotency_key"
  }

  /// The most that wait of one client.
  package static let mostWaiting = 256

  /// Who makes the claim, and in whose turn it is made.
  package let clientID: ClientID
  /// SHA-256 of the kind, of whom the identifier is and of the identifier, each with its length: as long for a long
  /// identifier as for a short one, and none can be read from it.
  package let digest: [UInt8]
  /// From when it can be forgotten: something that is presented later is refused for its age.
  ///
  /// It has to follow from what is presented and from nothing else, such as the time of the request. With another time a
  /// claim is still the same; but where two are made at one moment that differ by hours, both may count as the first.
  package let expiresAt: Timestamp

  /// A claim of an identifier that `owner` has given out: the issuer of an assertion, or the client itself.
  package init(
    _ kind: Kind,
    of identifier: String,
    from owner: String,
    for client: ClientID,
    expiresAt: Timestamp
  ) {
    var hash = SHA256()
    for part in [kind.rawValue, owner, identifier] {
      let bytes = Array(part.utf8)
      withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { hash.update(bufferPointer: $0) }
      hash.update(data: bytes)
    }
    digest = Array(hash.finalize())
    clientID = client
    self.expiresAt = expiresAt
  }
}

extension StoreError {
  /// One client has as many claims waiting as it may.
  package static let tooMuchWaits = StoreError.unavailable("Too many claims of one client wait already")
}
