package import TesseraJOSE
import TesseraSupport

extension SecretUse {
  /// Whether it is so recent that the secret counts as one that is in use.
  package func isRecent(at now: Timestamp) -> Bool {
    now < lastUsedAt.advanced(bySeconds: Administration.secretInUse)
  }
}

extension Client {
  /// The secret that an operator means by its name.
  package func secret(named name: String) throws(AdministrationError) -> StoredSecret {
    guard let index = secretIndex(named: name) else {
      throw .notFound(.secret, "client \(id) has no secret named '\(name)'")
    }
    return secrets[index]
  }
}

extension Administration {
  /// The most secrets that a client has at a time.
  static let maximumSecrets = 10

  /// Gives a client one more secret and returns it; nobody can show it again.
  ///
  /// `imported` nil is a new secret, `lifetime` nil for ever.
  package func addSecret(
    to id: ClientID,
    named displayName: DisplayName,
    imported: ClientSecret? = nil,
    lifetime: SecretLifetime? = nil
  ) async throws(AdministrationError) -> (stored: StoredSecret, secret: ClientSecret) {
    let made = try await newSecret(named: displayName, imported: imported, lifetime: lifetime)
    let (name, now) = (displayName.text, clock.now)
    let changed = try await changeClient(id, audit: event(.clientSecretAdded, id.rawValue, ["secret": name]))
    {
      client throws(AdministrationError) in
      try client.checkIsFree(displayName)
      try checkRoomForSecret(of: client)
      client.secrets.append(try made.stored(for: client))
      client.updatedAt = now
    }
    return (try changed.secret(named: name), made.secret)
  }

  /// Gives a client a new secret in place of the one of this name, if there is one, and returns it.
  ///
  /// The two change places in one write: there is no moment with both or with neither.
  package func replaceSecret(
    named name: DisplayName,
    of id: ClientID
  ) async throws(AdministrationError) -> ClientSecret {
    let made = try await newSecret(named: name)
    let (name, now) = (name.text, clock.now)
    let details = ["secret": name, "replaces": name]
    try await changeClient(id, audit: event(.clientSecretAdded, id.rawValue, details)) {
      client throws(AdministrationError) in
      try checkRoomForSecret(of: client, replacing: name)
      if let index = client.secretIndex(named: name) { client.secrets.remove(at: index) }
      client.secrets.append(try made.stored(for: client))
      client.updatedAt = now
    }
    return made.secret
  }

  /// The secret of a client that an operator means by its name.
  package func secret(
    named name: String,
    of client: Client
  ) throws(AdministrationError) -> StoredSecret {
    try client.secret(named: name)
  }

  /// The secrets of a client, and how each was used as far as the store was told; nil for never.
  package func secrets(
    of client: Client
  ) async throws(AdministrationError) -> [(secret: StoredSecret, use: SecretUse?)] {
    let uses = try await ask(about: .client, await store.secretUses(of: client.id))
    return client.secrets.map { secret in
      (secret, uses.first { $0.secret == secret.name && $0.madeAt == secret.createdAt })
    }
  }

  /// Within how many seconds after its last use a secret counts as one that is in use.
  package static let secretInUse: Int64 = 86_400

  /// Makes one secret of a client stop working at once.
  ///
  /// Nobody knows which tokens it got, so `revokingTokens` takes back all that the client has.
  package func revokeSecret(
    named name: String,
    of id: ClientID,
    revokingTokens: Bool = false
  ) async throws(AdministrationError) {
    let now = clock.now
    var details = ["secret": name]
    if revokingTokens { details["tokens"] = "revoked" }
    try await changeClient(id, audit: event(.clientSecretRevoked, id.rawValue, details)) {
      client throws(AdministrationError) in
      let secret = try client.secret(named: name)
      client.secrets.removeAll { $0 == secret }
      if revokingTokens { client.revokeTokens(at: now) }
      client.updatedAt = now
    }
  }

  /// A secret that no client has yet.
  func newSecret(
    named name: DisplayName,
    imported: ClientSecret? = nil,
    lifetime: SecretLifetime? = nil
  ) async throws(AdministrationError) -> FreshSecret {
    let now = clock.now
    let secret = imported ?? ClientSecret(using: randomness)
    let hasher = try await ask(about: .server, await secretHasher())
    let hash =
      imported == nil
      ? SecretHash.keyed(hasher.digest(secret.exposed))
      : await importer.hash(secret, salt: randomness.bytes(count: 16)) {
        hasher.stretchedDigest($0, salt: $1)
      }
    return FreshSecret(
      secret,
      named: name,
      hash: hash,
      hasher,
      using: randomness,
      at: now,
      until: lifetime?.end(from: now)
    )
  }

  func secretHasher() async throws(StoreError) -> SecretHasher {
    guard let state = try await store.serverState() else { throw .notFound("The store is not initialised") }
    guard let masterKey = masterKeys.key(of: state) else { throw .invalid(Administration.masterKeyIsMissing) }
    do throws(KeyUnwrappingError) {
      return try state.secretHasher(by: masterKey)
    } catch {
      throw .invalid(error.description)
    }
  }

  /// Throws for a client that cannot have one more secret; the one that is replaced does not count.
  private func checkRoomForSecret(
    of client: Client,
    replacing name: String? = nil
  ) throws(AdministrationError) {
    guard client.authenticationMethod != ClientAuthenticationMethod.none else {
      throw .invalid(.secret, "client \(client.id) is public and has no secret")
    }
    let replaced = name.flatMap(client.secretIndex) == nil ? 0 : 1
    guard client.secrets.count - replaced < Administration.maximumSecrets else {
      throw .conflict(
        "client \(client.id) has \(Administration.maximumSecrets) secrets, the most there can be; revoke one first"
      )
    }
  }
}
