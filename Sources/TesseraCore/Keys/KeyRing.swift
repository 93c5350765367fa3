package import TesseraJOSE

/// The keys of the server in clear: what seals and signs tokens, and what opens and verifies them.
///
/// Immutable: a change makes a new ring.
package struct KeyRing: Sendable {
  /// What a key is used for at a time.
  package enum State: String, Sendable, CaseIterable {
    /// Known to every node and published, not yet used.
    case pending
    /// Seals or signs new tokens.
    case active
    /// Opens or verifies the tokens it made.
    case retiring
    /// No valid token can have been made by it.
    case gone
  }

  struct Entry<Key: Sendable>: Sendable {
    let number: UInt16
    let key: Key
    let activatesAt: Timestamp

    func activated(at time: Timestamp) -> Entry { Entry(number: number, key: key, activatesAt: time) }

    func map(_ change: (Key) -> Key) -> Entry {
      Entry(number: number, key: change(key), activatesAt: activatesAt)
    }
  }

  /// The keys as they are stored, by number, and so for each use by time of activation too.
  package let stored: [WrappedKey]
  private let sealing: [Entry<SealingKey>]
  private let signing: [Entry<TokenSigningKey>]
  /// By the header of the JWTs that a key signs.
  private let signingByHeader: [[UInt8]: Entry<TokenSigningKey>]

  /// Unwraps the stored keys.
  ///
  /// Throws for the first that this master key did not wrap.
  package init(_ stored: [WrappedKey], masterKey: MasterKey) throws(KeyUnwrappingError) {
    let all = stored.sorted { $0.number < $1.number }
    var sealing: [Entry<SealingKey>] = []
    var signing: [Entry<TokenSigningKey>] = []
    for stored in all {
      let bytes = try masterKey.unwrap(stored)
      switch stored.use {
      case .sealing:
        sealing.append(
          Entry(number: stored.number, key: SealingKey(bytes), activatesAt: stored.activatesAt)
        )
      case .signing(let algorithm):
        guard let key = TokenSigningKey(algorithm, bytes) else {
          throw KeyUnwrappingError(number: stored.number)
        }
        signing.append(Entry(number: stored.number, key: key, activatesAt: stored.activatesAt))
      }
    }
    self.init(all, sealing, signing)
  }

  /// The same for keys that another master key has wrapped since: those that `known` has in clear.
  ///
  /// Throws for the first that it has not.
  init(_ stored: [WrappedKey], knownFrom known: KeyRing) throws(KeyUnwrappingError) {
    let stored = stored.sorted { $0.number < $1.number }
    var sealing: [Entry<SealingKey>] = []
    var signing: [Entry<TokenSigningKey>] = []
    for key in stored {
      guard known.stored.contains(where: key.isSame) else { throw KeyUnwrappingError(number: key.number) }
      sealing += known.sealing.filter { $0.number == key.number }.map { $0.activated(at: key.activatesAt) }
      signing += known.signing.filter { $0.number == key.number }.map { $0.activated(at: key.activatesAt) }
    }
    self.init(stored, sealing, signing)
  }

  private init(
    _ stored: [WrappedKey],
    _ sealing: [Entry<SealingKey>],
    _ signing: [Entry<TokenSigningKey>]
  ) {
    self.stored = stored
    self.sealing = sealing
    self.signing = signing
    signingByHeader = Dictionary(
      signing.flatMap { entry in JWTType.allCases.map { (entry.key.encodedHeader($0), entry) } },
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// The same keys in memory of their own.
  func unshared() -> KeyRing {
    KeyRing(
      stored,
      sealing.map { $0.map { $0.unshared() } },
      signing.map { $0.map { $0.unshared() } }
    )
  }

  /// The key that seals new tokens: the newest that is active.
  ///
  /// The oldest when none is active yet, as after this machine's clock was set back. Nil when there is none.
  func sealingEntry(at now: Timestamp) -> Entry<SealingKey>? {
    sealing.last { $0.activatesAt <= now } ?? sealing.first
  }

  /// The sealing key with this number; nil when there is none.
  func sealingEntry(numbered number: UInt16) -> Entry<SealingKey>? {
    sealing.first { $0.number == number }
  }

  /// The key that signs new tokens by this algorithm: the newest that is active; nil when none is.
  func signingEntry(by algorithm: SigningAlgorithm, at now: Timestamp) -> Entry<TokenSigningKey>? {
    signing.last { $0.key.algorithm == algorithm && $0.activatesAt <= now }
  }

  /// The key that signs what no resource wants otherwise: as above, by ES256, and before one is active the
  /// oldest.
  func defaultSigningEntry(at now: Timestamp) -> Entry<TokenSigningKey>? {
    signingEntry(by: .es256, at: now) ?? signing.first { $0.key.algorithm == .es256 }
  }

  /// The key whose JWTs have exactly this header, in base64url; nil when there is none.
  func signingEntry(header: [UInt8]) -> Entry<TokenSigningKey>? {
    signingByHeader[header]
  }

  /// The public keys that verify our JWTs, pending ones too.
  package var publicKeys: JWKSet { JWKSet(signing.map(\.key.publicKey)) }

  /// The ID of a signing key (`kid`); nil for a sealing key.
  package func keyID(of key: WrappedKey) -> String? {
    signing.first { $0.number == key.number }?.key.publicKey.keyID
  }

  /// The number that a new key gets; nil when all 65,535 are used up.
  package var nextNumber: UInt16? {
    guard let last = stored.last else { return 1 }
    return last.number == .max ? nil : last.number + 1
  }

  /// The states of all keys by number.
  ///
  /// `longestLifetime` is how long a token can live, in seconds.
  package func states(at now: Timestamp, longestLifetime: Int) -> [(number: UInt16, state: State)] {
    stored.map { ($0.number, state(of: $0, at: now, longestLifetime: longestLifetime)) }
  }

  /// The state of one key.
  package func state(of key: WrappedKey, at now: Timestamp, longestLifetime: Int) -> State {
    if now < key.activatesAt { return .pending }
    guard let retiresAt = retirement(of: key), retiresAt <= now else { return .active }
    return now < retiresAt.advanced(bySeconds: Int64(longestLifetime)) ? .retiring : .gone
  }

  /// When the next key of the same use takes over; nil for the newest.
  package func retirement(of key: WrappedKey) -> Timestamp? {
    stored.first { $0.use == key.use && $0.number > key.number }?.activatesAt
  }
}
