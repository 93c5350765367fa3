import TesseraJOSE
import TesseraSupport

extension Administration {
  /// The API that the first four scopes are for.
  package static let defaultResource = "https://api.ants.tech"

  /// The scopes that exist from the start, with what they give access to.
  private static let initialScopes = [
    ("item", "BO (business object) data"), ("event", "Event data"), ("profile", "Customer data"),
    ("promotion", "Promotion data"),
  ]

  /// Gives a new store its resource, its scopes and its first keys.
  ///
  /// Returns false, and changes nothing, when that was done before.
  @discardableResult
  package func initialise() async throws(StoreError) -> Bool {
    guard let resource = Resource(Administration.defaultResource) else {
      throw .invalid("\(Administration.defaultResource) does not identify an API")
    }
    let now = clock.now
    let scopes = Administration.initialScopes.compactMap { name, description in
      Scope(name).map {
        ScopeDefinition(scope: $0, description: description, resource: resource, createdAt: now)
      }
    }
    let initial = InitialState(
      serverState: ServerState(masterKeyCheck: masterKeys.current.checkValue, initialisedAt: now),
      resources: [ResourceDefinition(resource: resource, description: "The data API", createdAt: now)],
      scopes: scopes,
      keys: [
        try newKey(numbered: 1, for: .sealing, activatesAt: now).key,
        try newKey(numbered: 2, for: .signing(.es256), activatesAt: now).key,
      ]
    )
    return try await store.initialise(initial, audit: event(.serverInitialised, "server"))
  }

  /// The change that adds a key, and the key.
  func newKey(
    numbered number: UInt16?,
    for use: KeyUse,
    activatesAt: Timestamp
  ) throws(StoreError) -> (key: WrappedKey, addition: KeyChange) {
    guard let number else { throw .conflict("all key numbers are used up") }
    let masterKey = masterKeys.current
    let clear: [UInt8]?
    switch use {
    case .sealing: clear = randomness.bytes(count: 32)
    case .signing(let algorithm): clear = algorithm.generate(randomness)?.privateBytes
    }
    guard let clear else { throw .unavailable("a key for \(use) could not be made") }
    let key = WrappedKey(
      number: number,
      use: use,
      wrapped: masterKey.wrap(clear, number: number, for: use, using: randomness),
      createdAt: clock.now,
      activatesAt: activatesAt
    )
    let audit = event(.keyRotated, "key \(number)", ["use": use.description])
    return (key, KeyChange(.add(key), wrappedBy: masterKey, audit: audit))
  }
}
