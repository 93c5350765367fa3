package import TesseraJOSE
import TesseraSupport

/// Says whether a secret is one of a client's.
///
/// Whatever the client and the secret, it takes the same path through the same hash.
package struct ClientSecretVerifier: Sendable {
  private static let wrongSecret = "wrong secret"

  private let replica: ReplicaReader
  private let randomness: RandomSource
  private let stretcher: SecretStretcher

  /// `replica` knows by which key secrets are hashed, and `randomness` makes the salts of those that are hashed anew.
  package init(replica: ReplicaReader, randomness: RandomSource = .system) {
    self.init(replica: replica, randomness: randomness, stretcher: SecretStretcher())
  }

  /// The same with a stretcher that all event loops share.
  init(replica: ReplicaReader, randomness: RandomSource, stretcher: SecretStretcher) {
    self.replica = replica
    self.randomness = randomness
    self.stretcher = stretcher
  }

  /// The claim to be the client with this ID, by this secret; both are UTF-8.
  func claim(_ clientID: ArraySlice<UInt8>, secret: ArraySlice<UInt8>) -> ClientClaim {
    ClientClaim(clientID: ClientID(bytes: clientID)) { client, exchange throws(Interruption) in
      let hasher = try exchange.view.facts(of: replica).secretHasher
      return proof(of: secret, hasher, by: client, exchange.request.source, at: exchange.time)
    }
  }

  private func proof(
    of secret: ArraySlice<UInt8>,
    _ hasher: SecretHasher,
    by client: CachedClient,
    _ source: SourceAddress,
    at now: Timestamp
  ) -> Proof {
    let digest = hasher.digest(secret)
    let matching = client.secret(matching: digest)
    let candidates = matching == nil ? client.unrecognised(at: now) : []
    guard candidates.isEmpty else {
      return .undecided(ClientSecretVerifier.wrongSecret) { () throws(OAuthError) in
        try search(for: secret, digest, hasher, of: client, among: candidates, source)
      }
    }
    let expiresAt = (matching ?? client.client.secrets.first)?.expiresAt
    guard let matching else { return .fails(ClientSecretVerifier.wrongSecret, until: expiresAt) }
    return .holds(until: expiresAt, by: matching.name)
  }

  /// Looks by slow hashes among secrets that were never presented rightly.
  ///
  /// A guess that finds no place in the queue is not looked at, and so reveals nothing.
  private func search(
    for secret: ArraySlice<UInt8>,
    _ digest: SecretDigest,
    _ hasher: SecretHasher,
    of client: CachedClient,
    among candidates: [StoredSecret],
    _ source: SourceAddress
  ) throws(OAuthError) -> SlowProof {
    let text = String(decoding: secret, as: UTF8.self)
    let search = stretcher.search(
      SecretStretcher.Question(clientID: client.client.id, digest: digest),
      source: source,
      candidates: candidates,
      match: { match(text, $0, hasher) },
      recognise: { match in
        client.recognise(match.secret.name, by: digest)
        guard let replacement = match.replacement else { return }
        replica.replica.noteReplacement(of: match.secret, by: replacement, of: client.client.id)
      }
    )
    guard let search else { throw .temporarilyUnavailable("too many secrets wait to be stretched") }
    return SlowProof(
      isNew: search.isNew,
      secret: { client.secret(matching: digest)?.name },
      { await search.answer.value }
    )
  }

  /// Whether the secret is this one, and what is to be kept of it where another service hashed it.
  private func match(_ text: String, _ stored: StoredSecret, _ hasher: SecretHasher) -> SecretMatch? {
    guard hasher.isHash(stored.hash, of: text) else { return nil }
    guard case .foreign = stored.hash else { return SecretMatch(secret: stored) }
    let secret = ClientSecret(verified: text)
    let replacement = StoredSecret(
      name: stored.name,
      hash: hasher.hash(ofImported: secret, salt: randomness.bytes(count: 16)),
      createdAt: stored.createdAt,
      expiresAt: stored.expiresAt,
      prefix: secret.shownPrefix
    )
    return SecretMatch(secret: stored, replacement: replacement)
  }
}
