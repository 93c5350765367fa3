extension Administration {
  /// A key as operators see it.
  package struct KeySummary: Sendable {
    /// The stored key.
    package let key: WrappedKey
    /// What it is used for now.
    package let state: KeyRing.State
    /// When the next key of the same use takes over; nil for the newest.
    package let retiresAt: Timestamp?
    /// The ID that the key set has it under; nil for a sealing key, which is not in it.
    package let keyID: String?
  }

  /// All keys by number.
  package func keys() async throws(StoreError) -> [KeySummary] {
    let ring = try keyRing(of: try await store.keys())
    let now = clock.now
    return ring.stored.map { key in
      KeySummary(
        key: key,
        state: ring.state(of: key, at: now, longestLifetime: lifetime.longest),
        retiresAt: ring.retirement(of: key),
        keyID: ring.keyID(of: key)
      )
    }
  }

  /// Adds a key for this use, which takes over once it has been published for long enough; tokens of the keys
  /// before stay valid.
  ///
  /// With `now` it takes over as soon as every node knows it, also one that was waiting: whoever has kept the
  /// key set refuses tokens until reading it again. Throws `conflict` when a key is waiting already and when
  /// another process rotates at the same time.
  package func rotateKey(for use: KeyUse, now: Bool = false) async throws(StoreError) -> WrappedKey {
    let ring = try keyRing(of: try await store.keys())
    let time = clock.now
    let soon = time.advanced(bySeconds: Int64(KeyRotation.propagationTime))
    if var pending = ring.stored.last(where: { $0.use == use }), pending.activatesAt > time {
      guard now else {
        throw .conflict(
          "key \(pending.number) for \(use) is waiting already and takes over at \(pending.activatesAt.iso8601)"
        )
      }
      guard pending.activatesAt > soon else { return pending }
      try await store.moveKeyActivation(
        pending.number,
        from: pending.activatesAt,
        to: soon,
        audit: event(.keyActivated, "key \(pending.number)", ["use": use.description])
      )
      pending.activatesAt = soon
      return pending
    }
    return try await addKey(for: use, activatesAt: now ? soon : time.advanced(bySeconds: rotation.lead), ring)
  }

  /// Makes sure that there is a key for this algorithm, so that it is published before a resource needs it.
  func ensureKey(for algorithm: SigningAlgorithm?) async throws(StoreError) {
    guard let algorithm else { return }
    let ring = try keyRing(of: try await store.keys())
    let use = KeyUse.signing(algorithm)
    guard !ring.stored.contains(where: { $0.use == use }) else { return }
    _ = try await addKey(for: use, activatesAt: rotation.firstActivation(of: use, at: clock.now), ring)
  }

  /// Whether `performRotation` has anything to do, as far as memory knows.
  package func isRotationDue(_ facts: DirectoryFacts) -> Bool {
    !rotation.steps(for: facts.keyRing, uses: facts.keyUses, at: clock.now).isEmpty
  }

  /// Does what is due and returns how much it was.
  ///
  /// Of several processes exactly one does each step; the others find it done.
  package func performRotation(uses: Set<KeyUse>) async throws(StoreError) -> Int {
    var performed = 0
    let time = clock.now
    let steps = rotation.steps(for: try keyRing(of: try await store.keys()), uses: uses, at: time)
    for step in steps {
      do throws(StoreError) {
        switch step {
        case .add(let use, let activatesAt):
          // The keys that the number follows from have to be those that the step is due by: another process can have
          // done it in between.
          let ring = try keyRing(of: try await store.keys())
          guard rotation.steps(for: ring, uses: uses, at: time).contains(step) else { continue }
          _ = try await addKey(for: use, activatesAt: activatesAt, ring)
        case .remove(let number):
          try await store.removeKey(number, audit: event(.keyRemoved, "key \(number)"))
        }
        performed += 1
      } catch .conflict {
        continue
      } catch .notFound {
        continue
      }
    }
    return performed
  }

  private func addKey(
    for use: KeyUse,
    activatesAt: Timestamp,
    _ ring: KeyRing
  ) async throws(StoreError) -> WrappedKey {
    guard let number = ring.nextNumber else { throw .conflict("all key numbers are used up") }
    let key = try newKey(number: number, for: use, activatesAt: activatesAt)
    try await store.insertKey(key, audit: event(.keyRotated, "key \(number)", ["use": use.description]))
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
