import TesseraJOSE
import TesseraSupport

/// Says whether a secret is one of a client's.
///
/// Whatever the client and the secret, it takes the same path through the same hash.
package struct ClientSecretVerifier: Sendable {
  private static let wrongSecret = "wrong secret"

  private let hasher: SecretHasher
  private let stretcher: SecretStretcher

  package init(hasher: SecretHasher) {
    self.hasher = hasher
    stretcher = SecretStretcher { hasher.stretchedDigest($0, salt: $1) }
  }

  /// The claim to be the client with this ID, by this secret; both are UTF-8.
  func claim(_ clientID: ArraySlice<UInt8>, secret: ArraySlice<UInt8>) -> ClientClaim {
    ClientClaim(clientID: ClientID(bytes: clientID)) { client, exchange throws(Interruption) in
      proof(of: secret, by: client, exchange.request.source, at: exchange.time)
    }
  }

  private func proof(
    of secret: ArraySlice<UInt8>,
    by client: CachedClient,
    _ source: SourceAddress,
    at now: Timestamp
  ) -> Proof {
    let digest = hasher.digest(secret)
    let matching = client.secret(matching: digest)
    let candidates = matching == nil ? client.unrecognised(at: now) : []
    guard candidates.isEmpty else {
      return .undecided(ClientSecretVerifier.wrongSecret) { () throws(OAuthError) in
        try search(for: secret, digest, of: client, among: candidates, source)
      }
    }
    let expiresAt = (matching ?? client.client.secrets.first)?.expiresAt
    return matching == nil
      ? .fails(ClientSecretVerifier.wrongSecret, until: expiresAt) : .holds(until: expiresAt)
  }

  /// Looks by scrypt among stretched secrets that were never presented rightly.
  ///
  /// What finds no place in the queue is not looked at, and so tells nothing.
  private func search(
    for secret: ArraySlice<UInt8>,
    _ digest: SecretDigest,
    of client: CachedClient,
    among candidates: [CachedClient.StretchedSecret],
    _ source: SourceAddress
  ) throws(OAuthError) -> SlowProof {
    let search = stretcher.search(
      SecretStretcher.Question(clientID: client.client.id, digest: digest),
      secret: String(decoding: secret, as: UTF8.self),
      source: source,
      candidates: candidates,
      recognise: { client.recognise($0, by: digest) }
    )
    guard let search else { throw .temporarilyUnavailable("too many secrets wait to be stretched") }
    return SlowProof(isNew: search.isNew) { await search.answer.value }
  }
}
