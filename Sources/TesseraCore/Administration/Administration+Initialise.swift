import Crypto

extension Administration {
  /// The API that the first four scopes are for.
  package static let standardResource = "https://api.ants.tech"

  /// The scopes that exist from the start, with what they give access to.
  private static let standardScopes = [
    ("item", "BO (business object) data"), ("event", "Event data"), ("profile", "Customer data"),
    ("promotion", "Promotion data"),
  ]

  /// Gives a new store its scopes and its first sealing key.
  ///
  /// Returns false, and changes nothing, when that was done before.
  @discardableResult
  package func initialise() async throws(StoreError) -> Bool {
    guard let resource = Resource(Administration.standardResource) else {
      throw .invalid("\(Administration.standardResource) is not an absolute URI")
    }
    let now = clock.now
    let scopes = Administration.standardScopes.compactMap { name, description in
      Scope(name).map {
        ScopeDefinition(scope: $0, description: description, resource: resource, createdAt: now)
      }
    }
    let initial = InitialState(
      serverState: ServerState(masterKeyCheck: masterKey.checkValue, initialisedAt: now),
      scopes: scopes,
      key: newKey(number: 1, activatesAt: now)
    )
    return try await store.initialise(initial, audit: event(.serverInitialised, "server"))
  }

  func newKey(number: UInt16, activatesAt: Timestamp) -> WrappedKey {
    let key = SymmetricKey(data: randomness.bytes(count: 32))
    return WrappedKey(
      number: number,
      wrapped: masterKey.wrap(key, number: number, using: randomness),
      createdAt: clock.now,
      activatesAt: activatesAt
    )
  }
}
