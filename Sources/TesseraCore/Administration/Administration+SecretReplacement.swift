import TesseraSupport

extension Administration {
  /// Gives a client a new secret in place of the one of this name, if there is one, and returns it.
  ///
  /// The two change places in one write: there is no moment with both or with neither.
  package func replaceSecret(named name: String, of id: ClientID) async throws(StoreError) -> ClientSecret {
    let made = try newSecret(named: name, imported: nil, expiresInDays: nil)
    let (name, now) = (made.stored.name, clock.now)
    let details = ["secret": name, "replaces": name]
    try await store.updateClient(id, audit: event(.clientSecretAdded, id.rawValue, details)) {
      client throws(StoreError) in
      try checkRoomForSecret(of: client, replacing: name)
      if let index = client.secretIndex(named: name) { client.secrets.remove(at: index) }
      client.secrets.append(made.stored)
      client.updatedAt = now
    }
    return made.secret
  }

  /// Throws for a client that cannot have one more secret; the one that is replaced does not count.
  func checkRoomForSecret(of client: Client, replacing name: String? = nil) throws(StoreError) {
    guard client.authenticationMethod != ClientAuthenticationMethod.none else {
      throw .invalid("client \(client.id) is public and has no secret")
    }
    let replaced = name.flatMap(client.secretIndex) == nil ? 0 : 1
    guard client.secrets.count - replaced < Administration.maximumSecrets else {
      throw .conflict(
        "client \(client.id) has \(Administration.maximumSecrets) secrets, the most there can be; revoke one first"
      )
    }
  }
}
