package import TesseraJOSE

/// All that a master key protects in a store.
package struct ProtectedKeys: Sendable, Equatable {
  package internal(set) var state: ServerState
  package internal(set) var keys: [WrappedKey]

  package init(state: ServerState, keys: [WrappedKey]) {
    self.state = state
    self.keys = keys
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
    state.secretHashKey = new.wrapHashKey(try state.hashKey(by: old), using: randomness)
    state.masterKeyCheck = new.checkValueBesideHashKey
  }
}
