import TesseraJOSE
import TesseraSupport

/// Says whether a secret is one of a client's.
///
/// Whatever the client and the secret, it takes the same path through the same hash.
package struct ClientSecretVerifier: Sendable {
  private static let wrongSecret = "wrong secret"

  private let replica: Replica
  private let stretcher = SecretStretcher()

  /// `replica` knows by which key secrets are hashed.
  package init(replica: Replica) {
    self.replica = replica
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

  /// Looks by scrypt among stretched secrets that were never presented rightly.
  ///
  /// A guess that finds no place in the queue is not looked at, and so reveals nothing.
  private func search(
    for secret: ArraySlice<UInt8>,
    _ digest: SecretDigest,
    _ hasher: SecretHasher,
    of client: CachedClient,
    among candidates: [CachedClient.StretchedSecret],
    _ source: SourceAddress
  ) throws(OAuthError) -> SlowProof {
    let search = stretcher.search(
      SecretStretcher.Question(clientID: client.client.id, digest: digest),
      secret: String(decoding: secret, as: UTF8.self),
      source: source,
      candidates: candidates,
      stretch: { hasher.stretchedDigest($0, salt: $1) },
      recognise: { client.recognise($0, by: digest) }
    )
    guard let search else { throw .temporarilyUnavailable("too many secrets wait to be stretched") }
    return SlowProof(
      isNew: search.isNew,
      secret: { client.secret(matching: digest)?.name },
      { await search.answer.value }
    )
  }
}
