import TesseraJOSE
import TesseraSupport

extension Administration {
  /// What became of a key that was destroyed.
  package struct Destruction: Sendable {
    /// The key that is gone.
    package let key: KeySummary
    /// What seals or signs in its place from now on; nil when it did not any more, or not yet.
    package let successor: KeySummary?
  }

  /// The key with this number.
  package func key(numbered number: UInt16) async throws(AdministrationError) -> KeySummary {
    try Administration.key(numbered: number, in: try await keys())
  }

  /// The same of these keys.
  package static func key(
    numbered number: UInt16,
    in keys: [KeySummary]
  ) throws(AdministrationError) -> KeySummary {
    guard let key = keys.first(where: { $0.key.number == number }) else {
      throw .notFound(.key, "there is no key \(number); 'tessera key list' shows those there are")
    }
    return key
  }

  /// Takes a key out at once, as one that has leaked: it opens and verifies nothing any more either.
  ///
  /// If it was active, the next takes over at once, before every verifier knows it; where none waits, one is made.
  package func destroyKey(_ number: UInt16) async throws(AdministrationError) -> Destruction {
    let key = try await key(numbered: number)
    var changes: [KeyChange] = []
    var successor: UInt16?
    if key.state == .active {
      let succession = try await ask(about: .key, await succession(of: key.key))
      changes.append(succession.change)
      successor = succession.number
    }
    changes.append(
      KeyChange(
        .remove(number),
        audit: event(.keyRemoved, "key \(number)", ["use": key.key.use.description, "reason": "destroyed"])
      )
    )
    try await ask(about: .key, await store.changeKeys(changes))
    return Destruction(
      key: key,
      successor: try await keys().first { $0.key.number == successor }
    )
  }

  /// What makes another key active now in place of this one, and its number.
  private func succession(of key: WrappedKey) async throws(StoreError) -> (change: KeyChange, number: UInt16)
  {
    let ring = try keyRing(of: try await store.keys())
    if let next = ring.stored.first(where: { $0.use == key.use && $0.number > key.number }) {
      return (activation(of: next, at: clock.now), next.number)
    }
    let new = try newKey(numbered: ring.nextNumber, for: key.use, activatesAt: clock.now)
    return (new.addition, new.key.number)
  }
}
