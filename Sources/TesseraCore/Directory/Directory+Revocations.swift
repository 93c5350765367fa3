import Synchronization

/// What is revoked: for requests about one token, and as a feed for offline verifiers.
extension Directory {
  /// Changes when the feed does.
  struct RevocationVersion: Sendable, Equatable {
    let epoch: Int
    let sequence: Int64
    let facts: Int
  }

  /// Whether this token was revoked by itself.
  package func isRevoked(_ token: TokenID) throws(Interruption) -> Bool {
    try fresh { $0.revocations[token] != nil }
  }

  /// Records a revocation, which counts at once here.
  ///
  /// Returns once it is on disk.
  package func revoke(_ revocation: Revocation, audit: AuditEvent) async throws(StoreError) {
    try await store.insertRevocation(revocation, audit: audit)
    state.withLock { $0.insert(revocation, sequence: nil) }
  }

  /// What the feed is at.
  func revocationVersion() throws(Interruption) -> RevocationVersion {
    try fresh { state in
      RevocationVersion(
        epoch: state.revocationEpoch,
        sequence: state.sequence,
        facts: state.facts.generation
      )
    }
  }

  /// The feed after a cursor.
  ///
  /// A cursor from the future is of a store that was replaced by a backup; then all is told again.
  package func revocations(since cursor: Int64) throws(Interruption) -> RevocationPage {
    try fresh { state in
      let since = cursor > state.sequence ? 0 : cursor
      let (entries, hasMore) = state.feed.page(after: since)
      var tokens: [(id: TokenID, expiresAt: Timestamp)] = []
      var clients: [(id: ClientID, notBefore: Timestamp)] = []
      for entry in entries {
        switch entry.subject {
        case .token(let id): tokens.append((id, entry.relevantUntil))
        case .client(let id): clients.append((id, entry.notBefore))
        }
      }
      return RevocationPage(
        since: since,
        cursor: hasMore ? entries.last?.sequence ?? since : state.sequence,
        hasMore: hasMore,
        tokens: tokens,
        clients: clients
      )
    }
  }

  /// Forgets the revocations of tokens that have expired by themselves.
  package func forgetExpiredRevocations() {
    let now = clock.now
    state.withLock { state in
      state.revocations = state.revocations.filter { $0.value > now }
      state.feed.forgetIrrelevant(at: now)
    }
  }

  /// All revocations that still matter.
  struct Revocations: Sendable {
    let records: [RevocationRecord]
    let notBefores: [ClientNotBefore]
  }

  static func readRevocations(
    from store: any Store,
    settings: Settings,
    at now: Timestamp
  ) async throws(StoreError) -> Revocations {
    Revocations(
      records: try await store.revocations(expiringAfter: now),
      notBefores: try await store.clientNotBefores(
        madeSince: now.advanced(bySeconds: -Int64(settings.longestTokenLifetime))
      )
    )
  }
}

extension Directory.State {
  mutating func replaceRevocations(_ all: Directory.Revocations, longestLifetime: Int) {
    revocations = [:]
    feed = RevocationFeed()
    for record in all.records { insert(record.revocation, sequence: record.sequence) }
    for notBefore in all.notBefores { insert(notBefore, longestLifetime: longestLifetime) }
  }

  mutating func insert(_ revocation: Revocation, sequence: Int64?) {
    // The feed of changes may have been faster than the call that revoked it, and has its place.
    if sequence == nil, revocations[revocation.token] != nil { return }
    revocations[revocation.token] = revocation.expiresAt
    revocationEpoch += 1
    feed.insert(
      RevocationFeed.Entry(
        subject: .token(revocation.token),
        notBefore: .distantFuture,
        relevantUntil: revocation.expiresAt,
        sequence: sequence
      )
    )
  }

  mutating func insert(_ notBefore: ClientNotBefore, longestLifetime: Int) {
    revocationEpoch += 1
    feed.insert(
      RevocationFeed.Entry(
        subject: .client(notBefore.clientID),
        notBefore: notBefore.notBefore,
        relevantUntil: notBefore.madeAt.advanced(bySeconds: Int64(longestLifetime)),
        sequence: notBefore.sequence
      )
    )
  }
}
