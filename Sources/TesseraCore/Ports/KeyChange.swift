package import TesseraJOSE

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
