import Synchronization

/// A client in memory.
package final class CachedClient: Sendable {
  /// What is registered.
  package let client: Client
  /// The keyed digests of stretched secrets that were presented rightly before, by the secret's name.
  private let recognised = Mutex<[String: SecretDigest]>([:])

  init(_ client: Client) {
    self.client = client
  }

  /// Stands for a client that does not exist, so that looking for its secret costs the same.
  package static let decoy: CachedClient = {
    let never = Timestamp(milliseconds: 0)
    guard let digest = SecretDigest(bytes: [UInt8](repeating: 0, count: SecretDigest.byteCount)) else {
      preconditionFailure("a digest has \(SecretDigest.byteCount) bytes")
    }
    let secret = StoredSecret(name: "", hash: .keyed(digest), createdAt: never, expiresAt: never)
    return CachedClient(
      Client(
        id: ClientID(validated: "-"),
        name: "",
        scopes: [],
        secrets: [secret],
        isEnabled: false,
        createdAt: never
      )
    )
  }()

  /// The secret that has this digest; nil when none has, or a stretched one has not been recognised yet.
  ///
  /// It looks at every secret, wherever the right one stands.
  func secret(matching digest: SecretDigest) -> StoredSecret? {
    var match: StoredSecret?
    for secret in client.secrets {
      let known: SecretDigest? =
        switch secret.hash {
        case .keyed(let stored): stored
        case .stretched: recognised.withLock { $0[secret.name] }
        }
      if let known, known == digest { match = secret }
    }
    return match
  }

  /// The work that finds out whether a presented secret is one of the stretched ones that were never
  /// recognised; nil when there is none.
  ///
  /// Once a secret is recognised the digest decides, so scrypt runs for it no more.
  func stretching(
    digest: SecretDigest,
    _ presented: String,
    _ now: Timestamp,
    by stretcher: SecretStretcher
  ) -> (@Sendable () async -> Bool)? {
    let candidates = client.secrets.compactMap {
      secret -> (name: String, salt: [UInt8], digest: SecretDigest)? in
      guard case .stretched(let salt, let stored) = secret.hash, secret.isValid(at: now), client.isEnabled,
        recognised.withLock({ $0[secret.name] }) == nil
      else { return nil }
      return (secret.name, salt, stored)
    }
    guard !candidates.isEmpty else { return nil }
    return {
      for candidate in candidates
      where await stretcher.digest(presented, salt: candidate.salt) == candidate.digest {
        self.recognised.withLock { $0[candidate.name] = digest }
        return true
      }
      return false
    }
  }
}
