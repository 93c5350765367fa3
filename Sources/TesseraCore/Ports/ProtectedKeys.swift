package import TesseraJOSE

/// All that a master key protects in a store.
package struct ProtectedKeys: Sendable, Equatable {
  package internal(set) var state: ServerState
  package internal(set) var keys: [WrappedKey]
  /// What is signed about the audit log.
  package internal(set) var auditMarks: [AuditMark]
  /// The public keys, in hexadecimal, that verify those before and after they were rewrapped; nil before.
  package private(set) var auditKeys: AuditDifference?

  package init(state: ServerState, keys: [WrappedKey], auditMarks: [AuditMark] = []) {
    self.state = state
    self.keys = keys
    self.auditMarks = auditMarks
  }

  /// Protects all of it by another master key than this one.
  ///
  /// The hashes of secrets stay as they are, and so does their key, which is kept from then on.
  package mutating func rewrap(
    from old: MasterKey,
    to new: MasterKey,
    using randomness: RandomSource
  ) throws(KeyUnwrappingError) {
    keys = try keys.map { key throws(KeyUnwrappingError) in
      WrappedKey(
        number: key.number,
        use: key.use,
        wrapped: new.wrap(try old.unwrap(key), number: key.number, for: key.use, using: randomness),
        createdAt: key.createdAt,
        activatesAt: key.activatesAt
      )
    }
    let (signer, next) = (AuditSigner(masterKey: old), AuditSigner(masterKey: new))
    auditMarks = auditMarks.map { signer.handing($0, over: next) }
    auditKeys = AuditDifference(before: signer.publicKey.hexadecimal, after: next.publicKey.hexadecimal)
    state.secretHashKey = new.wrapHashKey(try state.hashKey(by: old), using: randomness)
    state.masterKeyCheck = new.checkValueBesideHashKey
  }
}
