import TesseraCore

/// What is revoked.
struct RevocationTable: Sendable {
  /// How long an ended token is remembered, in milliseconds, lest it live again when the clock is set back.
  private static let grace: Int64 = 60_000
  private static let minute: Int64 = 60_000

  /// The minute after which a token is forgotten.
  private var lastMinutes: [TokenID: Int64] = [:]
  /// The same by minute, so that forgetting takes as long as there is to forget.
  private var tokensByMinute: [Int64: [TokenID]] = [:]
  private var clients: [String: Timestamp] = [:]
  private var notBefore: Timestamp?

  /// How many revocations are remembered.
  var count: Int { lastMinutes.count + clients.count }

  /// Whether a token was taken back, by itself or with others.
  func isRevoked(_ token: VerifiedToken) -> Bool {
    // One whose ID is of another form could not be taken back, so it counts as if it had been.
    guard let id = token.id, lastMinutes[id] == nil else { return true }
    if let notBefore, token.issuedAt < notBefore { return true }
    return clients[token.content.clientID].map { token.issuedAt < $0 } ?? false
  }

  /// Takes news in, all of it or, when there would be more than `limit`, nothing; whether it did.
  mutating func take(_ batch: RevocationBatch, limit: Int, at now: Timestamp) -> Bool {
    forgetEnded(at: now)
    let clients =
      batch.startsOver ? batch.clients : self.clients.merging(batch.clients) { _, newer in newer }
    let newTokens = batch.tokens.count { lastMinutes[$0.id] == nil }
    guard lastMinutes.count + newTokens + clients.count <= limit else { return false }
    self.clients = clients
    notBefore = batch.startsOver ? batch.notBefore : batch.notBefore ?? notBefore
    // Tokens are not forgotten when the token service begins again: one that was revoked is revoked for good, and
    // another node of the service may be a moment behind.
    for token in batch.tokens { insert(token.id, until: token.expiresAt) }
    return true
  }

  private mutating func insert(_ id: TokenID, until end: Timestamp) {
    let minute = end.advanced(byMilliseconds: RevocationTable.grace).milliseconds / RevocationTable.minute
    if let known = lastMinutes[id], known >= minute { return }
    lastMinutes[id] = minute
    tokensByMinute[minute, default: []].append(id)
  }

  /// Forgets tokens that have ended by themselves.
  private mutating func forgetEnded(at now: Timestamp) {
    let current = now.milliseconds / RevocationTable.minute
    for minute in tokensByMinute.keys where minute < current {
      for id in tokensByMinute.removeValue(forKey: minute) ?? [] where lastMinutes[id] == minute {
        lastMinutes[id] = nil
      }
    }
  }
}
