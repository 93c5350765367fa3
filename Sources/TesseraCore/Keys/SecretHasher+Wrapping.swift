import Crypto
package import TesseraJOSE

/// Secrets that are kept, for clients that authenticate by `client_secret_jwt`.
///
/// Their key follows from the key of secret hashes, which the master key protects: when the master key is changed, none
/// has to be encrypted anew.
extension SecretHasher {
  /// Encrypts a secret by AES-256-GCM: nonce, ciphertext, tag.
  package func wrap(_ secret: ClientSecret, using randomness: RandomSource) -> SecretHash {
    guard let nonce = try? AES.GCM.Nonce(data: randomness.bytes(count: 12)),
      let box = try? AES.GCM.seal(Array(secret.exposed.utf8), using: wrappingKey, nonce: nonce),
      let combined = box.combined
    else { preconditionFailure("AES-GCM takes a 32-byte key and a 12-byte nonce") }
    return .wrapped(Array(combined), digest(secret.exposed))
  }

  /// The secret; nil for one of which only a hash is kept, or that was altered.
  func unwrap(_ hash: SecretHash) -> [UInt8]? {
    guard case .wrapped(let combined, _) = hash, let box = try? AES.GCM.SealedBox(combined: combined),
      let clear = try? AES.GCM.open(box, using: wrappingKey)
    else { return nil }
    return Array(clear)
  }
}
