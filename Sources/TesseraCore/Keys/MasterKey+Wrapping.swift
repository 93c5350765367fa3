import Crypto
import TesseraJOSE

/// A stored key that this master key did not wrap, or that was altered.
package struct KeyUnwrappingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Its number.
  package let number: UInt16

  package var description: String {
    "key \(number) was altered, or wrapped by another master key"
  }
}

extension MasterKey {
  /// Encrypts a key for the store.
  ///
  /// Its number and its use are authenticated, so that rows cannot be swapped.
  func wrap(_ clear: [UInt8], number: UInt16, for use: KeyUse, using randomness: RandomSource) -> [UInt8] {
    guard let nonce = try? AES.GCM.Nonce(data: randomness.bytes(count: 12)),
      let box = try? AES.GCM.seal(
        clear,
        using: wrappingKey,
        nonce: nonce,
        authenticating: MasterKey.context(number, use)
      ),
      let combined = box.combined
    else { preconditionFailure("AES-GCM takes a 32-byte key and a 12-byte nonce") }
    return Array(combined)
  }

  /// Decrypts a stored key.
  ///
  /// Throws when it was altered or wrapped by another master key.
  func unwrap(_ stored: WrappedKey) throws(KeyUnwrappingError) -> [UInt8] {
    guard let box = try? AES.GCM.SealedBox(combined: stored.wrapped),
      let clear = try? AES.GCM.open(
        box,
        using: wrappingKey,
        authenticating: MasterKey.context(stored.number, stored.use)
      )
    else { throw KeyUnwrappingError(number: stored.number) }
    return Array(clear)
  }

  private static func context(_ number: UInt16, _ use: KeyUse) -> [UInt8] {
    Array("tessera \(use) key \(number)".utf8)
  }
}
