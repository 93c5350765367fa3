import Crypto

extension ServerState {
  /// Whether this is the master key of the store.
  package func isProtected(by masterKey: MasterKey) -> Bool {
    masterKeyCheck == (secretHashKey == nil ? masterKey.checkValue : masterKey.checkValueBesideHashKey)
  }

  /// What hashes the secrets of the store, by its master key.
  package func secretHasher(by masterKey: MasterKey) throws(KeyUnwrappingError) -> SecretHasher {
    SecretHasher(key: try hashKey(by: masterKey))
  }

  func hashKey(by masterKey: MasterKey) throws(KeyUnwrappingError) -> SymmetricKey {
    guard let secretHashKey else { return masterKey.secretHashKey }
    return try masterKey.unwrapHashKey(secretHashKey)
  }
}
