package import TesseraJOSE

/// One row of the feed: what to read again.
package struct Change: Sendable, Equatable {
  /// What kind of thing changed.
  package enum Subject: Sendable, Equatable {
    case client(ClientID)
    case scopes
    case resources
    case keys
    case revocation(TokenID)
    case serverState
    /// Something that this version does not know, which a newer one has written: anything may have changed.
    case unknown
  }

  /// The place in the feed; later changes have greater numbers.
  package let sequence: Int64
  /// What changed.
  package let subject: Subject

  package init(sequence: Int64, subject: Subject) {
    self.sequence = sequence
    self.subject = subject
  }
}
