import Dispatch

/// Runs scrypt one at a time on a thread of its own: it takes a tenth of a second and 32 MiB, which neither
/// an event loop nor the cooperative pool may be held up by, and which many at once would turn into an
/// outage.
struct SecretStretcher: Sendable {
  private let hasher: SecretHasher
  private let queue = DispatchQueue(label: "tessera.secret-stretching")

  init(hasher: SecretHasher) {
    self.hasher = hasher
  }

  /// The stretched digest of a secret.
  func digest(_ secret: String, salt: [UInt8]) async -> SecretDigest {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: hasher.stretchedDigest(secret, salt: salt)) }
    }
  }
}
