import Synchronization
package import TesseraJOSE
import TesseraSupport

/// What is revoked: for requests about one token, and as a feed for offline verifiers.
extension Replica {
  /// How many revocations are read from the store at once.
  private static let readSize = 1000

  /// Whether this token was revoked by itself.
  package func isRevoked(_ token: TokenID) throws(Interruption) -> Bool {
    try fresh { $0.feed.isRevoked(token) }
  }

  /// Records a revocation, which counts at once here.
  ///
  /// Returns once it is on disk.
  package func revoke(_ revocation: Revocation, audit: AuditEvent) async throws(StoreError) {
    let outcome = try await store.insertRevocation(
      revocation,
      limit: settings.revocationLimit,
      audit: audit
    )
    let now = clock.now
    state.withLock { state in
      switch outcome {
      case .token(let record): state.feed.insert(record, limit: settings.revocationLimit, at: now)
      case .client(let notBefore):
        state.epoch += 1
        state.clients.remove(notBefore.clientID)
        version.advance()
        state.feed.insert(notBefore, longestLifetime: settings.longestTokenLifetime)
      }
    }
  }

  /// How many tokens are revoked by themselves.
  package var revokedTokenCount: Int { state.withLock { $0.feed.tokenCount } }

  /// The part of the feed that answers a cursor.
  func revocationPart(since cursor: Int64) throws(Interruption) -> RevocationFeed.Part {
    try fresh { $0.feed.part(since: cursor, settled: $0.sequence) }
  }

  /// The part of the feed that answers a cursor, with what is in it.
  func revocations(since cursor: Int64) throws(Interruption) -> RevocationPage {
    try fresh { state in
      let part = state.feed.part(since: cursor, settled: state.sequence)
      return RevocationPage(part: part, entries: state.feed.entries(of: part))
    }
  }

  /// The time until which tokens must have expired to be forgotten now.
  ///
  /// For as long as a token can live they are remembered beyond their end.
  package func forgettingTime() -> Timestamp {
    let (now, passed) = (clock.now, monotonicClock.milliseconds)
    return state.withLock { $0.forgetting.time(now, monotonic: passed) }
      .advanced(bySeconds: -Int64(settings.longestTokenLifetime))
  }

  /// Forgets the revocations of tokens that have long expired by themselves.
  package func forgetExpiredRevocations() {
    let time = forgettingTime()
    state.withLock { state in
      state.feed.forget(expiredBy: time)
      if state.feed.renewMarks() { version.advance() }
    }
  }

  /// Reads all revocations, whatever the clock says.
  ///
  /// What was revoked here meanwhile stays, and what the store has forgotten: a token that was revoked is revoked for
  /// good.
  func readRevocations(through sequence: Int64) async throws(StoreError) {
    try await readRevocations(after: .min, through: .max)
    let notBefores = try await store.clientNotBefores(madeSince: Timestamp(milliseconds: .min))
    state.withLock { state in
      state.feed.forgetClients(through: sequence)
      for notBefore in notBefores {
        state.feed.insert(notBefore, longestLifetime: settings.longestTokenLifetime)
      }
    }
  }

  /// Takes in the revocations of these changes that are not known from having been made here.
  func takeRevocations(_ changes: [Change]) async throws(StoreError) {
    let unknown = state.withLock { state in
      changes.filter { change in
        if case .revocation(let token) = change.subject { !state.feed.isRevoked(token) } else { false }
      }
    }
    guard let first = unknown.first, let last = unknown.last else { return }
    try await readRevocations(after: first.sequence - 1, through: last.sequence)
  }

  private func readRevocations(
    after start: Int64,
    through end: Int64
  ) async throws(StoreError) {
    var place = start
    while place < end {
      let records = try await store.revocations(after: place, limit: Replica.readSize)
      let now = clock.now
      state.withLock { state in
        for record in records where record.sequence <= end {
          state.feed.insert(record, limit: settings.revocationLimit, at: now)
        }
      }
      guard records.count == Replica.readSize, let last = records.last else { return }
      place = last.sequence
    }
  }
}
