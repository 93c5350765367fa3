/// What is known of the keys of a token service, and when to ask for them again.
///
/// A state machine without a clock, a network or a lock: what happens is told to it, and it says what to do.
struct KeyState: Sendable {
  /// What is kept.
  struct Copy: Sendable {
    let publication: KeyLoader.Publication
    /// Counts the copies.
    let generation: UInt64
    /// When it was asked for.
    let askedAt: Duration
  }

  private(set) var copy: Copy?
  /// Why the last attempt brought nothing; nil when it did.
  private(set) var failure: FetchFailure?
  private let settings: AccessTokenVerifier.Settings
  private var failedAt = Duration.zero
  /// When an unknown key last led to an attempt.
  private var lastLook: Duration?

  init(settings: AccessTokenVerifier.Settings) {
    self.settings = settings
  }

  /// The keys, unless they could not be renewed for too long.
  func usable(at now: Duration) -> Copy? {
    copy.flatMap { now - $0.askedAt <= settings.maximumKeyAge ? $0 : nil }
  }

  /// Whether somebody who needs keys may ask for them.
  func mayLoad(at now: Duration) -> Bool {
    usable(at: now) == nil && mayTry(at: now, after: .seconds(1))
  }

  /// Whether it is time to renew them.
  func mayRenew(at now: Duration) -> Bool {
    let isDue = copy.map { now - $0.askedAt >= $0.publication.lifetime } ?? true
    return isDue && mayTry(at: now, after: settings.unknownKeyPause)
  }

  /// Whether to ask because this copy lacks a key; notes that it is asked then.
  ///
  /// Once for all unknown keys of some seconds, so that made-up ones lead to no more.
  mutating func beginsLook(beyond old: Copy, at now: Duration) -> Bool {
    guard copy?.generation == old.generation else { return false }
    if let lastLook, now - lastLook < settings.unknownKeyPause { return false }
    lastLook = now
    return true
  }

  /// New keys have come.
  mutating func succeeded(_ publication: KeyLoader.Publication, askedAt: Duration) {
    copy = Copy(publication: publication, generation: (copy?.generation ?? 0) + 1, askedAt: askedAt)
    failure = nil
  }

  /// None have.
  mutating func failed(_ failure: FetchFailure, at now: Duration) {
    self.failure = failure
    failedAt = now
  }

  /// Whether it is time for another attempt after one that failed.
  private func mayTry(at now: Duration, after pause: Duration) -> Bool {
    failure.map { now - failedAt >= max(pause, $0.pause) } ?? true
  }
}
