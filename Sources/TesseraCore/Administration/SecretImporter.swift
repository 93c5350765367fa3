import Dispatch

/// Hashes secrets that operators bring, which a human may have chosen, by scrypt.
///
/// That takes a tenth of a second and 32 MiB, so it runs one at a time on a thread of its own, never on the cooperative
/// pool, which it would hold up.
struct SecretImporter: Sendable {
  private static let queue = DispatchQueue(label: "tessera.secret-import")

  /// What is kept of a secret; `stretch` is the slow function.
  func hash(
    _ secret: ClientSecret,
    salt: [UInt8],
    stretch: @escaping @Sendable (_ secret: String, _ salt: [UInt8]) -> SecretDigest
  ) async -> SecretHash {
    await withCheckedContinuation { continuation in
      SecretImporter.queue.async {
        continuation.resume(returning: .stretched(salt: salt, stretch(secret.exposed, salt)))
      }
    }
  }
}
