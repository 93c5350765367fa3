import Crypto

/// The key above all keys: 32 bytes that are never in the database.
///
/// Every use has a key of its own, derived by HKDF-SHA-256 (RFC 5869), so that no two uses share one. A
/// stolen database alone gives no secret, no key and no token.
package struct MasterKey: Sendable {
  /// How many bytes it has.
  package static let byteCount = 32

  /// Encrypts the stored keys.
  let wrappingKey: SymmetricKey
  /// Keys the hashes of client secrets, in a store that keeps no key for them.
  let secretHashKey: SymmetricKey
  /// Keys what the management API gives out and gets back.
  let managementKey: SymmetricKey
  /// Signs statements about the audit log.
  let auditSeed: SymmetricKey
  /// Tells whether this is the master key of such a store, and nothing about the key.
  package let checkValue: [UInt8]
  /// The same for a store that keeps the key of its secret hashes.
  ///
  /// Another value, so that a version which knows nothing of that key does not take the store for one that it can use.
  let checkValueBesideHashKey: [UInt8]

  /// What a store can have of its master key when it is this one.
  package var checkValues: [[UInt8]] { [checkValue, checkValueBesideHashKey] }

  /// Nil unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == MasterKey.byteCount else { return nil }
    let key = SymmetricKey(data: bytes)
    func derived(_ use: String) -> SymmetricKey {
      HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Array("tessera \(use)".utf8), outputByteCount: 32)
    }
    wrappingKey = derived("key wrapping")
    secretHashKey = derived("client secret hash")
    managementKey = derived("management")
    auditSeed = derived("audit signing")
    checkValue = derived("check value").withUnsafeBytes { Array($0) }
    checkValueBesideHashKey = derived("check value beside hash key").withUnsafeBytes { Array($0) }
  }
}
