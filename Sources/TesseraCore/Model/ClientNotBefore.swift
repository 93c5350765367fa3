package import TesseraJOSE

/// That tokens of a client are inactive when they were issued before a time, as offline verifiers hear of it.
package struct ClientNotBefore: Sendable, Equatable {
  /// The client, which may be gone.
  package let clientID: ClientID
  /// Its tokens from before this are inactive; `Timestamp.distantFuture` for all of them.
  package let notBefore: Timestamp
  /// When that was decided.
  package let madeAt: Timestamp
  /// The change that decided it, see `Change`.
  package let sequence: Int64

  package init(clientID: ClientID, notBefore: Timestamp, madeAt: Timestamp, sequence: Int64) {
    self.clientID = clientID
    self.notBefore = notBefore
    self.madeAt = madeAt
    self.sequence = sequence
  }
}

extension Client {
  /// Tokens that were issued before this are inactive, whatever else they say: all, when it is disabled, and
  /// else those from before it was registered, as of another client that had its identifier.
  package var notBefore: Timestamp {
    isEnabled ? max(createdAt, tokensNotBefore ?? createdAt) : .distantFuture
  }
}
