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
  /// What the store has to say of its master key for this to be made; nil when it is made whatever that is.
  ///
  /// Or a key could be added that a master key has wrapped which is replaced at the same time, and nobody could use it.
  package let masterKeyChecks: [[UInt8]]?

  package init(_ kind: Kind, wrappedBy masterKey: MasterKey? = nil, audit: AuditEvent) {
    self.kind = kind
    self.audit = audit
    masterKeyChecks = masterKey?.checkValues
  }
}
