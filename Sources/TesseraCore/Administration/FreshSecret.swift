import TesseraJOSE

/// A secret that was made and that no client has yet.
struct FreshSecret: Sendable {
  /// The fewest bytes of a secret that is a key of HS256 (RFC 7518 §3.2).
  static let shortestKey = 32

  let secret: ClientSecret
  private let hashed: StoredSecret
  private let wrapped: StoredSecret

  /// `hash` is what is kept of it for nearly all clients.
  init(
    _ secret: ClientSecret,
    named name: DisplayName,
    hash: SecretHash,
    _ hasher: SecretHasher,
    using randomness: RandomSource,
    at now: Timestamp,
    until end: Timestamp?
  ) {
    func stored(_ hash: SecretHash) -> StoredSecret {
      StoredSecret(
        name: name.text,
        hash: hash,
        createdAt: now,
        expiresAt: end,
        prefix: secret.shownPrefix
      )
    }
    self.secret = secret
    hashed = stored(hash)
    wrapped = stored(hasher.wrap(secret, using: randomness))
  }

  /// What is kept of it for this client: itself where it authenticates by it, else a hash.
  ///
  /// Throws for one that is too short for that.
  func stored(for client: Client) throws(AdministrationError) -> StoredSecret {
    guard client.authenticationMethod == .clientSecretJWT else { return hashed }
    guard secret.exposed.utf8.count >= FreshSecret.shortestKey else {
      throw .invalid(
        .secret,
        "a secret for client_secret_jwt has at least \(FreshSecret.shortestKey) bytes (RFC 7518 §3.2)"
      )
    }
    return wrapped
  }
}
