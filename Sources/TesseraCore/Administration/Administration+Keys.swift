package import TesseraJOSE
import TesseraSupport

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

  /// The keys in clear.
  package func keyRing() async throws(AdministrationError) -> KeyRing {
    try await ask(about: .key, keyRing(of: await store.keys()))
  }

  /// All keys by number.
  package func keys() async throws(AdministrationError) -> [KeySummary] {
    let ring = try await ask(about: .key, keyRing(of: await store.keys()))
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

  /// The uses of keys that an operator means, in the order of their names; none that are named mean all there are.
  package func keyUses(_ named: [KeyUse]) async throws(AdministrationError) -> [KeyUse] {
    try Administration.keyUses(named, of: try await keys())
  }

  /// The same of these keys.
  package static func keyUses(
    _ named: [KeyUse],
    of keys: [KeySummary]
  ) throws(AdministrationError) -> [KeyUse] {
    let known = Set(keys.map(\.key.use))
    let uses = (named.isEmpty ? Array(known) : named).sorted { $0.description < $1.description }
    if let unknown = uses.first(where: { !known.contains($0) }) {
      throw .notFound(.key, "there is no key for \(unknown), so there is nothing to rotate")
    }
    return uses
  }

  /// Adds a key for each of these uses, which takes over once it has been published for long enough; tokens of the keys
  /// before stay valid.
  ///
  /// A use that is named twice counts once. For all of them, or for none. With `now` they take over as soon as every
  /// node knows them, also those that were waiting: whoever has kept the key set refuses tokens until reading it again.
  /// Throws `conflict` when a key is waiting already and when another process rotates at the same time.
  package func rotateKeys(for uses: [KeyUse], now: Bool = false) async throws(AdministrationError)
    -> [WrappedKey]
  {
    try await ask(about: .key, await rotatedKeys(for: uses, now: now))
  }

  private func rotatedKeys(for uses: [KeyUse], now: Bool) async throws(StoreError) -> [WrappedKey] {
    let ring = try keyRing(of: try await store.keys())
    let time = clock.now
    let soon = time.advanced(bySeconds: Int64(KeyRotation.propagationTime))
    var (keys, changes): ([WrappedKey], [KeyChange]) = ([], [])
    var number = ring.nextNumber
    for use in uses where !keys.contains(where: { $0.use == use }) {
      if var pending = ring.stored.last(where: { $0.use == use }), pending.activatesAt > time {
        guard now else {
          throw .conflict(
            "key \(pending.number) for \(use) is waiting already and takes over at "
              + "\(pending.activatesAt.iso8601); no key was added"
          )
        }
        if pending.activatesAt > soon {
          changes.append(activation(of: pending, at: soon))
          pending.activatesAt = soon
        }
        keys.append(pending)
      } else {
        let activatesAt = now ? soon : time.advanced(bySeconds: rotation.lead)
        let new = try newKey(numbered: number, for: use, activatesAt: activatesAt)
        number = new.key.number == .max ? nil : new.key.number + 1
        changes.append(new.addition)
        keys.append(new.key)
      }
    }
    if !changes.isEmpty { try await store.changeKeys(changes) }
    return keys
  }

  /// The key that has to be made for a resource that wants this algorithm, so that it is published before it is used;
  /// nil when there is one.
  func missingKey(for algorithm: SigningAlgorithm?) async throws(AdministrationError) -> KeyChange? {
    guard let algorithm else { return nil }
    guard SigningAlgorithm.ofTokens.contains(algorithm) else {
      throw .invalid(nil, "no tokens are signed by \(algorithm)")
    }
    return try await ask(about: .key, await missingKey(for: algorithm))
  }

  private func missingKey(for algorithm: SigningAlgorithm) async throws(StoreError) -> KeyChange? {
    let ring = try keyRing(of: try await store.keys())
    let use = KeyUse.signing(algorithm)
    guard !ring.stored.contains(where: { $0.use == use }) else { return nil }
    let activatesAt = rotation.firstActivation(of: use, at: clock.now)
    return try newKey(numbered: ring.nextNumber, for: use, activatesAt: activatesAt).addition
  }

  /// Whether `performRotation` has anything to do, as far as memory knows.
  package func isRotationDue(_ facts: ReplicaFacts) -> Bool {
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
          let new = try newKey(numbered: ring.nextNumber, for: use, activatesAt: activatesAt)
          try await store.changeKeys([new.addition])
        case .remove(let number):
          let removal = KeyChange(.remove(number), audit: event(.keyRemoved, "key \(number)"))
          try await store.changeKeys([removal])
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

  func activation(of key: WrappedKey, at time: Timestamp) -> KeyChange {
    KeyChange(
      .move(key.number, from: key.activatesAt, to: time),
      audit: event(.keyActivated, "key \(key.number)", ["use": key.use.description])
    )
  }

  func keyRing(of stored: [WrappedKey]) throws(StoreError) -> KeyRing {
    do throws(KeyUnwrappingError) {
      return try KeyRing(stored, masterKey: masterKeys.current)
    } catch {
      throw .invalid(error.description)
    }
  }
}
