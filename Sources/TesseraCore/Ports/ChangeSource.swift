package import TesseraJOSE

/// The feed of changes that directories follow.
package protocol ChangeSource: Sendable {
  /// The sequence number of the newest change, 0 when there is none.
  func latestChange() async throws(StoreError) -> Int64

  /// At most `limit` changes after this sequence number, in order.
  func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> [Change]

  /// Forgets at most `limit` of the changes that were made before this time and returns how many they were. The newest
  /// change always stays.
  @discardableResult
  func removeChanges(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int
}

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
