/// The chains that audit records are in: each record holds the hash of the one before it in its chain.
///
/// There are two because single revoked tokens are kept for a shorter time than all else, and only the beginning of a
/// chain can be removed.
package enum AuditChain: String, Sendable, CaseIterable {
  /// Records from before there were chains, and of versions that do not know them: nothing protects these.
  case none = ""
  /// That a single token was revoked.
  case revocations
  /// All else.
  case administration

  /// Those that protect their records.
  package static let protecting = [AuditChain.administration, .revocations]

  /// What the first record of a chain has before it.
  package static let start = [UInt8](repeating: 0, count: 32)
}

extension AuditEvent.Action {
  /// The chain that its records are in.
  package var chain: AuditChain { self == .tokenRevoked ? .revocations : .administration }
}

/// A record of a chain, which stands for all before it.
package struct AuditHead: Sendable, Equatable {
  /// Its place in the log.
  package let number: Int64
  /// Its hash.
  package let hash: [UInt8]

  package init(number: Int64, hash: [UInt8]) {
    self.number = number
    self.hash = hash
  }
}
