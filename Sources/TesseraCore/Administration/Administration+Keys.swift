extension Administration {
  /// How long a new key waits before it seals, in seconds, so that by then every node knows it.
  ///
  /// Nodes hear of a change within one second.
  private static let activationDelay: Int64 = 5

  /// A key as operators see it.
  package struct KeySummary: Sendable {
    /// The stored key.
    package let key: WrappedKey
    /// What it is used for now.
    package let state: KeyRing.State
  }

  /// All sealing keys by number.
  package func keys() async throws(StoreError) -> [KeySummary] {
    let stored = try await store.keys()
    let states = try keyRing(of: stored).states(at: clock.now, longestLifetime: lifetime.longest)
    return stored.sorted { $0.number < $1.number }.map { key in
      KeySummary(key: key, state: states.first { $0.number == key.number }?.state ?? .gone)
    }
  }

  /// Adds a sealing key, which takes over as soon as every node knows it.
  ///
  /// Tokens of the keys before stay valid. Of several rotations at once exactly one succeeds.
  package func rotateKey() async throws(StoreError) -> WrappedKey {
    guard let number = try keyRing(of: await store.keys()).nextNumber else {
      throw .conflict("all key numbers are used up")
    }
    let key = newKey(
      number: number,
      activatesAt: clock.now.advanced(bySeconds: Administration.activationDelay)
    )
    try await store.insertKey(key, audit: event(.keyRotated, "key \(number)"))
    return key
  }

  private func keyRing(of stored: [WrappedKey]) throws(StoreError) -> KeyRing {
    do throws(KeyUnwrappingError) {
      return try KeyRing(stored, masterKey: masterKey)
    } catch {
      throw .invalid(error.description)
    }
  }
}
