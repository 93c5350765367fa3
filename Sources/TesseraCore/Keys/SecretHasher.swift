import Crypto
import CryptoExtras

/// Hashes client secrets under a key that the master key protects.
package struct SecretHasher: Sendable {
  /// The two hashes of HMAC (RFC 2104 §2) that have taken in the key, to be copied: taking it in costs more than hashing a
  /// secret.
  ///
  /// Not swift-crypto's HMAC, which looks for its hash function anew with every call.
  private let inner: SHA256
  private let outer: SHA256
  private let key: SymmetricKey
  /// What encrypts the secrets that are kept.
  let wrappingKey: SymmetricKey

  /// A hasher with the key of a store's secret hashes.
  init(key: SymmetricKey) {
    self.key = key
    inner = SecretHasher.hash(paddedBy: 0x36, key)
    outer = SecretHasher.hash(paddedBy: 0x5C, key)
    wrappingKey = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: key,
      info: Array("tessera client secrets that are kept".utf8),
      outputByteCount: 32
    )
  }

  private static func hash(paddedBy pad: UInt8, _ key: SymmetricKey) -> SHA256 {
    precondition(key.bitCount <= SHA256.blockByteCount * 8, "a longer key would have to be hashed first")
    var block = [UInt8](repeating: pad, count: SHA256.blockByteCount)
    key.withUnsafeBytes { bytes in
      for (place, byte) in bytes.enumerated() { block[place] ^= byte }
    }
    var hash = SHA256()
    block.withUnsafeMutableBytes { block in
      hash.update(bufferPointer: UnsafeRawBufferPointer(block))
      for place in block.indices { block[place] = 0 }
    }
    return hash
  }

  /// The same in memory of its own.
  func unshared() -> SecretHasher { key.withUnsafeBytes { SecretHasher(key: SymmetricKey(data: $0)) } }

  /// A hasher with the key that follows from this master key.
  package init(masterKey: MasterKey) {
    self.init(key: masterKey.secretHashKey)
  }

  /// HMAC-SHA-256 (RFC 2104) of a secret.
  package func digest(_ secret: some StringProtocol) -> SecretDigest {
    var secret = String(secret)
    return secret.withUTF8 { digest(UnsafeRawBufferPointer($0)) }
  }

  /// The same of its UTF-8.
  func digest(_ secret: ArraySlice<UInt8>) -> SecretDigest {
    secret.withUnsafeBytes(digest)
  }

  private func digest(_ bytes: UnsafeRawBufferPointer) -> SecretDigest {
    var (inner, outer) = (inner, outer)
    inner.update(bufferPointer: bytes)
    inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
    return outer.finalize().withUnsafeBytes(SecretDigest.init(copying:))
  }

  /// scrypt (RFC 7914 §6) of a secret, then HMAC-SHA-256.
  ///
  /// It takes about a tenth of a second and 32 MiB on purpose, so call it on a thread of its own.
  package func stretchedDigest(_ secret: String, salt: [UInt8]) -> SecretDigest {
    guard
      let stretched = try? KDF.Scrypt.deriveKey(
        from: Array(secret.utf8),
        salt: salt,
        outputByteCount: 32,
        rounds: 1 << 15,
        blockSize: 8,
        parallelism: 1
      )
    else { preconditionFailure("scrypt takes these parameters") }
    return stretched.withUnsafeBytes(digest)
  }
}
