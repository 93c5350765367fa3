import Crypto

/// The sealing keys of the server in clear.
///
/// Immutable: a change makes a new ring.
package struct KeyRing: Sendable {
  /// What a key is used for at a time.
  package enum State: String, Sendable {
    /// Known to every node, not yet used.
    case pending
    /// Seals new tokens.
    case active
    /// Opens the tokens it sealed.
    case retiring
    /// No valid token can have been sealed by it.
    case gone
  }

  struct Entry: Sendable {
    let number: UInt16
    let key: SymmetricKey
    let activatesAt: Timestamp
    /// When the next key takes over; nil for the newest.
    let retiresAt: Timestamp?
  }

  /// By number, and so by time of activation too.
  private let entries: [Entry]

  /// Unwraps the stored keys.
  ///
  /// Throws for the first that this master key did not wrap.
  package init(_ stored: [WrappedKey], masterKey: MasterKey) throws(KeyUnwrappingError) {
    let sorted = stored.sorted { $0.number < $1.number }
    var entries: [Entry] = []
    for (index, key) in sorted.enumerated() {
      entries.append(
        Entry(
          number: key.number,
          key: try masterKey.unwrap(key),
          activatesAt: key.activatesAt,
          retiresAt: index + 1 < sorted.count ? sorted[index + 1].activatesAt : nil
        )
      )
    }
    self.entries = entries
  }

  /// The key that seals new tokens: the newest that is active.
  ///
  /// The oldest when none is active yet, as after this machine's clock was set back. Nil when there is none.
  func sealingEntry(at now: Timestamp) -> Entry? {
    entries.last { $0.activatesAt <= now } ?? entries.first
  }

  /// The key with this number; nil when there is none.
  func entry(numbered number: UInt16) -> Entry? {
    entries.first { $0.number == number }
  }

  /// The number that a new key gets; nil when all 65,535 are used up.
  package var nextNumber: UInt16? {
    guard let last = entries.last else { return 1 }
    return last.number == .max ? nil : last.number + 1
  }

  /// The states of all keys by number.
  ///
  /// `longestLifetime` is how long a token can live, in seconds.
  package func states(at now: Timestamp, longestLifetime: Int) -> [(number: UInt16, state: State)] {
    entries.map { entry in
      let state: State =
        if now < entry.activatesAt {
          .pending
        } else if let retiresAt = entry.retiresAt, retiresAt <= now {
          now < retiresAt.advanced(bySeconds: Int64(longestLifetime)) ? .retiring : .gone
        } else {
          .active
        }
      return (entry.number, state)
    }
  }
}
