import TesseraJOSE
import TesseraSupport

/// Public keys and certificates by which clients prove who they are.
extension Administration {
  /// The most keys and certificates that a client has at a time.
  package static let maximumClientKeys = 20

  /// Gives a client one more key, and returns it as it is kept.
  package func addKey(_ key: NewClientKey, to id: ClientID) async throws(AdministrationError) -> ClientKey {
    try await addKeys([key], to: id)[0]
  }

  /// Gives a client more keys, all or none, and returns them as they are kept.
  @discardableResult
  package func addKeys(
    _ keys: [NewClientKey],
    to id: ClientID
  ) async throws(AdministrationError) -> [ClientKey] {
    guard !keys.isEmpty else { throw .key("no key was given") }
    let now = clock.now
    let details = [
      "key": keys.map(\.name.text).joined(separator: ", "),
      "thumbprint": keys.map(\.material.thumbprint).joined(separator: " "),
    ]
    let client = try await changeClient(id, audit: event(.clientKeyAdded, id.rawValue, details)) {
      client throws(AdministrationError) in
      try client.add(keys, at: now)
      try client.checkKeys()
      client.updatedAt = now
    }
    return client.keyMetadata.keys.suffix(keys.count)
  }

  /// The keys of a client, and how each was used as far as the store was told; nil for never.
  package func keys(
    of client: Client
  ) async throws(AdministrationError) -> [(key: ClientKey, use: SecretUse?)] {
    let uses = try await ask(about: .client, await store.secretUses(of: client.id))
    return client.keyMetadata.keys.map { key in
      (key, uses.first { $0.secret == key.name && $0.madeAt == key.createdAt })
    }
  }

  /// Makes one key of a client stop working at once.
  ///
  /// Nobody knows which tokens it got, so `revokingTokens` takes back all that the client has.
  package func removeKey(
    named name: String,
    of id: ClientID,
    revokingTokens: Bool = false
  ) async throws(AdministrationError) {
    let now = clock.now
    var details = ["key": name]
    if revokingTokens { details["tokens"] = "revoked" }
    try await changeClient(id, audit: event(.clientKeyRemoved, id.rawValue, details)) {
      client throws(AdministrationError) in
      let key = try client.key(named: name)
      client.keyMetadata.keys.removeAll { $0 == key }
      if revokingTokens { client.revokeTokens(at: now) }
      client.updatedAt = now
    }
  }
}
