extension Administration {
  /// The most secrets that a client has at a time.
  static let maximumSecrets = 10
  /// A hundred years: beyond it, "never" is meant.
  private static let longestSecretLifetime = 36_500

  /// Gives a client one more secret and returns it; nobody can show it again.
  ///
  /// `expiresInDays` nil is never.
  package func addSecret(
    to id: ClientID,
    named name: String,
    imported: String? = nil,
    expiresInDays: Int? = nil
  ) async throws(StoreError) -> (stored: StoredSecret, secret: ClientSecret) {
    let made = try newSecret(named: name, imported: imported, expiresInDays: expiresInDays)
    let (name, now) = (made.stored.name, clock.now)
    try await store.updateClient(id, audit: event(.clientSecretAdded, id.rawValue, ["secret": name])) {
      client throws(StoreError) in
      if let index = client.secretIndex(named: name) {
        throw .conflict("client \(id) already has a secret named '\(client.secrets[index].name)'")
      }
      try checkRoomForSecret(of: client)
      client.secrets.append(made.stored)
      client.updatedAt = now
    }
    return made
  }

  /// Makes one secret of a client stop working at once.
  ///
  /// Nobody knows which tokens it got, so `revokingTokens` takes back all that the client has.
  package func revokeSecret(
    named name: String,
    of id: ClientID,
    revokingTokens: Bool = false
  ) async throws(StoreError) {
    let now = clock.now
    var details = ["secret": name]
    if revokingTokens { details["tokens"] = "revoked" }
    try await store.updateClient(id, audit: event(.clientSecretRevoked, id.rawValue, details)) {
      client throws(StoreError) in
      guard let index = client.secretIndex(named: name) else {
        throw .notFound("client \(id) has no secret named '\(name)'")
      }
      client.secrets.remove(at: index)
      if revokingTokens { client.revokeTokens(at: now) }
      client.updatedAt = now
    }
  }

  func newSecret(
    named name: String,
    imported: String?,
    expiresInDays: Int?
  ) throws(StoreError) -> (stored: StoredSecret, secret: ClientSecret) {
    let now = clock.now
    let name = try checkedName(name, of: "the name of a secret")
    var expiresAt: Timestamp?
    if let expiresInDays {
      guard (1...Administration.longestSecretLifetime).contains(expiresInDays) else {
        throw .invalid("a secret expires in 1 to \(Administration.longestSecretLifetime) days")
      }
      expiresAt = now.advanced(bySeconds: Int64(expiresInDays) * 86_400)
    }
    let hasher = SecretHasher(masterKey: masterKey)
    let (secret, hash) = try hashedSecret(imported, by: hasher)
    return (StoredSecret(name: name, hash: hash, createdAt: now, expiresAt: expiresAt), secret)
  }

  private func hashedSecret(
    _ imported: String?,
    by hasher: SecretHasher
  ) throws(StoreError) -> (ClientSecret, SecretHash) {
    guard let imported else {
      let secret = ClientSecret(using: randomness)
      return (secret, .keyed(hasher.digest(secret.exposed)))
    }
    guard let secret = ClientSecret(imported: imported) else {
      throw .invalid("a client secret has 8 to 255 visible ASCII characters or spaces")
    }
    let salt = randomness.bytes(count: 16)
    return (secret, .stretched(salt: salt, hasher.stretchedDigest(secret.exposed, salt: salt)))
  }
}
