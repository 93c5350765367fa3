import Crypto
import CryptoExtras
import Foundation

#if canImport(CCrypt)
  import CCrypt
#endif

/// What other services made of secrets, and what is kept of secrets that operators bring.
extension SecretHasher {
  /// What is kept of a hash that another service made: as of a secret, what the store has is useless without the master
  /// key.
  package func hash(of foreign: ForeignHash) -> SecretHash {
    .foreign(foreign.hashing, digest(foreign.bytes[...]))
  }

  /// What is kept of a secret that an operator brings: stretched if somebody may have chosen it, which takes long.
  package func hash(ofImported secret: ClientSecret, salt: [UInt8]) -> SecretHash {
    secret.looksGenerated
      ? .keyed(digest(secret.exposed))
      : .stretched(salt: salt, stretchedDigest(secret.exposed, salt: salt))
  }

  /// Whether this is what is kept of a secret.
  ///
  /// Unless the hash is a keyed one it takes long on purpose: a tenth of a second, or for a foreign one up to three quarters of a second
  /// and 64 MiB.
  package func isHash(_ hash: SecretHash, of secret: String) -> Bool {
    switch hash {
    case .keyed(let digest): self.digest(secret) == digest
    case .wrapped(_, let digest): self.digest(secret) == digest
    case .stretched(let salt, let digest): stretchedDigest(secret, salt: salt) == digest
    case .foreign(let hashing, let digest):
      hashing.hash(of: secret).map { self.digest($0[...]) == digest } ?? false
    }
  }
}

extension ForeignHashing {
  /// Whether this build can compute it: bcrypt is that of libcrypt, which macOS does not have.
  package var isComputable: Bool {
    #if canImport(CCrypt)
      true
    #else
      if case .bcrypt = self { false } else { true }
    #endif
  }

  /// What the other service would have made of this secret; nil where nothing can be made of it.
  func hash(of secret: String) -> [UInt8]? {
    let bytes = Array(secret.utf8)
    guard !bytes.isEmpty, !bytes.contains(0) else { return nil }
    switch self {
    case .pbkdf2(let function, let iterations, let salt, let byteCount):
      let key = try? KDF.Insecure.PBKDF2.deriveKey(
        from: bytes,
        salt: salt,
        using: function == .sha256 ? .sha256 : .sha512,
        outputByteCount: byteCount,
        unsafeUncheckedRounds: iterations
      )
      return key?.withUnsafeBytes { Array($0) }
    case .scrypt(let logCost, let blockSize, let parallelism, let salt, let byteCount):
      let key = try? KDF.Scrypt.deriveKey(
        from: bytes,
        salt: salt,
        outputByteCount: byteCount,
        rounds: 1 << logCost,
        blockSize: blockSize,
        parallelism: parallelism
      )
      return key?.withUnsafeBytes { Array($0) }
    case .sha256(let salt): return Array(SHA256.hash(data: bytes + salt))
    case .bcrypt(let setting): return ForeignHashing.bcrypt(secret, setting)
    }
  }

  private static func bcrypt(_ secret: String, _ setting: String) -> [UInt8]? {
    #if canImport(CCrypt)
      let memory = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
      memory.initialize(to: crypt_data())
      defer {
        // The secret is in it.
        UnsafeMutableRawPointer(memory).initializeMemory(
          as: UInt8.self,
          repeating: 0,
          count: MemoryLayout<crypt_data>.size
        )
        memory.deallocate()
      }
      guard let text = crypt_r(secret, setting, memory).map({ String(cString: $0) }),
        text.hasPrefix(setting.prefix(7))
      else { return nil }
      return ForeignHash.bcryptBytes(Array(text.utf8).suffix(31))
    #else
      return nil
    #endif
  }
}
