import Crypto

/// A stored key that this master key did not wrap, or that was altered.
package struct KeyUnwrappingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Its number.
  package let number: UInt16

  package var description: String {
    "sealing key \(number) was altered, or wrapped by another master key"
  }
}

extension MasterKey {
  /// Encrypts a sealing key for the store.
  ///
  /// Its number is authenticated, so that rows cannot be swapped.
  func wrap(_ key: SymmetricKey, number: UInt16, using randomness: RandomSource) -> [UInt8] {
    let clear = key.withUnsafeBytes { Array($0) }
    guard let nonce = try? AES.GCM.Nonce(data: randomness.bytes(count: 12)),
      let box = try? AES.GCM.seal(
        clear,
        using: wrappingKey,
        nonce: nonce,
        authenticating: MasterKey.context(number)
      ),
      let combined = box.combined
    else { preconditionFailure("AES-GCM takes a 32-byte key and a 12-byte nonce") }
    return Array(combined)
  }

  /// Decrypts a stored sealing key.
  ///
  /// Throws when it was altered or wrapped by another master key.
  func unwrap(_ stored: WrappedKey) throws(KeyUnwrappingError) -> SymmetricKey {
    guard let box = try? AES.GCM.SealedBox(combined: stored.wrapped),
      let clear = try? AES.GCM.open(
        box,
        using: wrappingKey,
        authenticating: MasterKey.context(stored.number)
      )
    else { throw KeyUnwrappingError(number: stored.number) }
    return SymmetricKey(data: clear)
  }

  private static func context(_ number: UInt16) -> [UInt8] {
    Array("tessera sealing key \(number)".utf8)
  }
}
