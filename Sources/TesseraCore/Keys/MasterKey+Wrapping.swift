import Crypto
import TesseraJOSE

/// A stored key that this master key did not wrap, or that was altered.
package struct KeyUnwrappingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Its number; nil for the key of secret hashes.
  package let number: UInt16?

  package var description: String {
    let key = number.map { "key \($0)" } ?? "the key of secret hashes"
    return "\(key) was altered, or wrapped by another master key"
  }
}

extension MasterKey {
  /// Encrypts a key for the store.
  ///
  /// Its number and its use are authenticated, so that rows cannot be swapped.
  func wrap(_ clear: [UInt8], number: UInt16, for use: KeyUse, using randomness: RandomSource) -> [UInt8] {
    seal(clear, MasterKey.context(number, use), using: randomness)
  }

  /// Decrypts a stored key.
  ///
  /// Throws when it was altered or wrapped by another master key.
  func unwrap(_ stored: WrappedKey) throws(KeyUnwrappingError) -> [UInt8] {
    guard let clear = open(stored.wrapped, MasterKey.context(stored.number, stored.use)) else {
      throw KeyUnwrappingError(number: stored.number)
    }
    return clear
  }

  /// Encrypts the key of secret hashes for the store.
  func wrapHashKey(_ clear: SymmetricKey, using randomness: RandomSource) -> [UInt8] {
    seal(clear.withUnsafeBytes { Array($0) }, MasterKey.hashKeyContext, using: randomness)
  }

  /// Decrypts it.
  ///
  /// Throws when it was altered or wrapped by another master key.
  func unwrapHashKey(_ wrapped: [UInt8]) throws(KeyUnwrappingError) -> SymmetricKey {
    guard let clear = open(wrapped, MasterKey.hashKeyContext) else { throw KeyUnwrappingError(number: nil) }
    return SymmetricKey(data: clear)
  }

  private func seal(_ clear: [UInt8], _ context: [UInt8], using randomness: RandomSource) -> [UInt8] {
    guard let nonce = try? AES.GCM.Nonce(data: randomness.bytes(count: 12)),
      let box = try? AES.GCM.seal(clear, using: wrappingKey, nonce: nonce, authenticating: context),
      let combined = box.combined
    else { preconditionFailure("AES-GCM takes a 32-byte key and a 12-byte nonce") }
    return Array(combined)
  }

  private func open(_ wrapped: [UInt8], _ context: [UInt8]) -> [UInt8]? {
    guard let box = try? AES.GCM.SealedBox(combined: wrapped),
      let clear = try? AES.GCM.open(box, using: wrappingKey, authenticating: context)
    else { return nil }
    return Array(clear)
  }

  private static func context(_ number: UInt16, _ use: KeyUse) -> [UInt8] {
    Array("tessera \(use) key \(number)".utf8)
  }

  private static let hashKeyContext = Array("tessera client secret hash key".utf8)
}
