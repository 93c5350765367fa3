package import TesseraJOSE

/// Where keys are kept, wrapped by the master key.
package protocol KeyStore: Sendable {
  /// All keys by number.
  func keys() async throws(StoreError) -> [WrappedKey]

  /// Makes these changes in this order: all of them, or none.
  ///
  /// Throws `conflict` when the number of a new key is taken, so that of several processes that rotate at once exactly
  /// one succeeds, and when a key is no longer as it was expected; `notFound` when a key is not there.
  func changeKeys(_ changes: [KeyChange]) async throws(StoreError)
}

/// One change of a key, with the event that tells of it.
package struct KeyChange: Sendable, Equatable {
  /// The kinds of change there are.
  package enum Kind: Sendable, Equatable {
    /// A new key.
    case add(WrappedKey)
    /// The time from which a key is used, which was expected to be another.
    case move(UInt16, from: Timestamp, to: Timestamp)
    /// A key that nothing needs any more.
    case remove(UInt16)
  }

  /// What is changed.
  package let kind: Kind
  /// What is recorded of it.
  package let audit: AuditEvent

  package init(_ kind: Kind, audit: AuditEvent) {
    self.kind = kind
    self.audit = audit
  }
}

extension KeyStore {
  /// Adds a key.
  package func insertKey(_ key: WrappedKey, audit: AuditEvent) async throws(StoreError) {
    try await changeKeys([KeyChange(.add(key), audit: audit)])
  }

  /// Moves the time from which a key is used.
  package func moveKeyActivation(
    _ number: UInt16,
    from expected: Timestamp,
    to time: Timestamp,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await changeKeys([KeyChange(.move(number, from: expected, to: time), audit: audit)])
  }

  /// Removes a key.
  package func removeKey(_ number: UInt16, audit: AuditEvent) async throws(StoreError) {
    try await changeKeys([KeyChange(.remove(number), audit: audit)])
  }
}
