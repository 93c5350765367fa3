import TesseraJOSE
import TesseraSupport

/// What is known of revocations, how fresh it is, and when to ask again.
///
/// A state machine without a clock, a network or a lock: what happens is told to it, and it says what to do.
struct RevocationState: Sendable {
  /// What the feed says about a token.
  enum Verdict: Sendable {
    case valid
    case revoked
    /// The feed has not answered yet, or for too long.
    case unknown
  }

  /// The cursor to ask with.
  private(set) var cursor: Int64 = 0
  /// Why the last attempt failed; nil when it did not.
  private(set) var failure: FetchFailure?
  private let settings: AccessTokenVerifier.Settings
  private var table = RevocationTable()
  /// By which time tokens that have ended are forgotten; nil before there are any.
  private var forgetting: ForgettingClock?
  /// Whether the token service has a feed at all.
  private var hasFeed = true
  /// When the question was asked whose answer is all in the table; nil before the first.
  private var askedAt: Duration?
  private var lastAttempt: Duration?
  /// Whether there was more than there is room for: what the table lacks is revoked for certain.
  private var isIncomplete = false

  init(settings: AccessTokenVerifier.Settings) {
    self.settings = settings
  }

  /// How many revocations are remembered.
  var count: Int { table.count }

  /// Whether a token was taken back.
  func verdict(on token: SignedToken, at now: Duration) -> Verdict {
    guard isKnown(at: now) else { return .unknown }
    return hasFeed && table.isRevoked(token) ? .revoked : .valid
  }

  /// Whether the feed has answered, and not too long ago.
  func isKnown(at now: Duration) -> Bool {
    guard !isIncomplete, let askedAt else { return false }
    return now - askedAt <= settings.maximumRevocationAge
  }

  /// Whether the feed may be asked, when it was not within this time.
  func mayAsk(at now: Duration, after pause: Duration) -> Bool { nextAttempt(after: pause, at: now) <= now }

  /// When the feed may be asked again.
  func nextAttempt(after pause: Duration, at now: Duration) -> Duration {
    lastAttempt.map { $0 + max(pause, failure?.pause ?? .zero) } ?? now
  }

  /// The feed is asked; with this cursor.
  mutating func begin(at now: Duration) -> Int64 {
    lastAttempt = now
    return cursor
  }

  /// The feed has answered, or there is none; false when there is no room for what it said.
  mutating func succeeded(_ batch: RevocationBatch?, askedAt: Duration, at date: Timestamp) -> Bool {
    if let batch {
      var clock = forgetting ?? ForgettingClock(at: date, monotonic: askedAt.milliseconds)
      let time = clock.time(date, monotonic: askedAt.milliseconds)
      forgetting = clock
      guard table.take(batch, limit: settings.maximumRevocations, at: date, forgetting: time) else {
        return false
      }
      cursor = batch.cursor
    }
    hasFeed = batch != nil
    self.askedAt = askedAt
    failure = nil
    isIncomplete = false
    return true
  }

  /// The feed has not answered, or said what does not count.
  mutating func failed(_ failure: FetchFailure) {
    self.failure = failure
    if failure.outage.reason == .tooManyRevocations { isIncomplete = true }
  }
}
