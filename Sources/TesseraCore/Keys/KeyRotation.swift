package import TesseraJOSE

/// When keys are added and removed: pending, active, retiring, gone.
///
/// It only says what is due. Whoever does it adds a key under the next number, which exactly one process can.
package struct KeyRotation: Sendable {
  /// The times, in seconds.
  package struct Settings: Sendable {
    /// How long a key is used before the next takes over.
    package var interval: Int
    /// How long before its first use a key is published, so that whoever keeps the key set knows it by then.
    ///
    /// Never less than `keySetLifetime`.
    package var publicationTime: Int
    /// How long the published key set may be kept (`max-age`).
    package var keySetLifetime: Int

    package init(interval: Int = 2_592_000, publicationTime: Int = 86_400, keySetLifetime: Int = 300) {
      self.interval = interval
      self.publicationTime = publicationTime
      self.keySetLifetime = keySetLifetime
    }
  }

  /// What is due.
  package enum Step: Sendable, Equatable {
    /// A key is to be added, which is used from then on.
    case add(KeyUse, activatesAt: Timestamp)
    /// No valid token can be of this key any more.
    case remove(UInt16)
  }

  /// How long every node needs at most to hear of a new key, in seconds, with some to spare.
  package static let propagationTime = 5
  /// How far the clocks of nodes and verifiers may differ, in seconds.
  private static let clockSkew = 60

  let settings: Settings
  /// How long a token can live, in seconds.
  let longestLifetime: Int

  package init(settings: Settings, longestLifetime: Int) {
    self.settings = settings
    self.longestLifetime = longestLifetime
  }

  /// How long a new key waits before it is used, in seconds.
  package var lead: Int64 { Int64(KeyRotation.propagationTime + settings.publicationTime) }

  /// What is due now; `uses` are those that there must be a key for.
  package func steps(for ring: KeyRing, uses: Set<KeyUse>, at now: Timestamp) -> [Step] {
    additions(ring, uses, now) + removals(ring, now)
  }

  private func additions(_ ring: KeyRing, _ uses: Set<KeyUse>, _ now: Timestamp) -> [Step] {
    uses.sorted { $0.description < $1.description }.compactMap { use in
      guard let newest = ring.stored.last(where: { $0.use == use }) else {
        return .add(use, activatesAt: firstActivation(of: use, at: now))
      }
      let due = newest.activatesAt.advanced(bySeconds: Int64(settings.interval))
      guard newest.activatesAt <= now, due.advanced(bySeconds: -lead) <= now else { return nil }
      return .add(use, activatesAt: max(due, now.advanced(bySeconds: lead)))
    }
  }

  /// When the first key for a use is used.
  ///
  /// Of what is used by default, nobody can have kept a key set without it. Of another algorithm, verifiers can
  /// have the key set of before.
  package func firstActivation(of use: KeyUse, at now: Timestamp) -> Timestamp {
    let isDefault = use == .sealing || use == .signing(.es256)
    let published = isDefault ? 0 : settings.keySetLifetime
    return now.advanced(bySeconds: Int64(KeyRotation.propagationTime + published))
  }

  private func removals(_ ring: KeyRing, _ now: Timestamp) -> [Step] {
    let before = now.advanced(bySeconds: -Int64(KeyRotation.clockSkew))
    return ring.stored.filter { ring.state(of: $0, at: before, longestLifetime: longestLifetime) == .gone }
      .map { .remove($0.number) }
  }
}
