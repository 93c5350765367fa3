import TesseraJOSE

/// What is revoked.
struct RevocationTable: Sendable {
  /// How long a token that has ended is remembered for certain, in milliseconds: clocks differ.
  private static let leastGrace: Int64 = 60_000
  private static let minute: Int64 = 60_000

  /// A revoked token.
  private struct Revoked {
    /// The minute in which it ends.
    let lastMinute: Int64
    /// Its client; nil when the token service has not said whose it is.
    let owner: String?
  }

  /// How long a token that has ended is remembered while there is room, in milliseconds, lest it live again when the
  /// clock is set back.
  private let grace: Int64
  private var tokens: [TokenID: Revoked] = [:]
  /// The same by minute, so that forgetting takes as long as there is to forget.
  private var tokensByMinute: [Int64: [TokenID]] = [:]
  private var clients: [String: Timestamp] = [:]
  /// The clients that had more revoked tokens than there is room for.
  private var crowded: [String: CrowdedClient] = [:]
  private var notBefore: Timestamp?

  init(grace: Int64 = 86_400_000) {
    self.grace = grace
  }

  /// How many revocations are remembered.
  var count: Int { tokens.count + clients.count + crowded.count }

  /// Whether a token was taken back, by itself or with others.
  func isRevoked(_ token: SignedToken) -> Bool {
    // One whose ID is of another form could not be taken back, so it counts as if it had been.
    guard let id = token.id, tokens[id] == nil else { return true }
    if let notBefore, token.issuedAt < notBefore { return true }
    let client = token.content.clientID
    if let crowded = crowded[client], token.issuedAt < crowded.notBefore { return true }
    return clients[client].map { token.issuedAt < $0 } ?? false
  }

  /// Takes news in, all of it or, when there would be more than `limit`, nothing; whether it did.
  ///
  /// Where there is no room, tokens that have ended make room, and then the clients that have most: all their tokens up
  /// to then count as revoked, and nobody else's do. `forgetting` is the time that decides what is forgotten.
  mutating func take(
    _ batch: RevocationBatch,
    limit: Int,
    at now: Timestamp,
    forgetting: Timestamp
  ) -> Bool {
    forgetEnded(by: forgetting.advanced(byMilliseconds: -grace))
    if count(with: batch) <= limit {
      add(batch)
      return true
    }
    forgetEnded(by: now.advanced(byMilliseconds: -RevocationTable.leastGrace))
    // A copy, so that nothing has changed when it does not fit.
    var table = self
    table.add(batch)
    guard table.makeRoom(limit, at: batch.madeAt ?? now) else { return false }
    self = table
    return true
  }

  private func count(with batch: RevocationBatch) -> Int {
    let newTokens = batch.tokens.count { tokens[$0.id] == nil }
    let newClients =
      batch.startsOver
      ? batch.clients.count - clients.count : batch.clients.keys.count { clients[$0] == nil }
    let newCrowded = batch.crowded.keys.count { crowded[$0] == nil }
    return count + newTokens + newClients + newCrowded
  }

  private mutating func add(_ batch: RevocationBatch) {
    clients = batch.startsOver ? batch.clients : clients.merging(batch.clients) { _, newer in newer }
    notBefore = batch.startsOver ? batch.notBefore : batch.notBefore ?? notBefore
    crowded.merge(batch.crowded) { $0.merged(with: $1) }
    // Tokens are not forgotten when the token service begins again: one that was revoked is revoked for good, and
    // another node of the service may be a moment behind.
    for token in batch.tokens { insert(token) }
  }

  private mutating func insert(_ token: RevokedToken) {
    let minute = token.expiresAt.milliseconds / RevocationTable.minute
    if let known = tokens[token.id], known.lastMinute >= minute { return }
    tokens[token.id] = Revoked(lastMinute: minute, owner: token.owner)
    tokensByMinute[minute, default: []].append(token.id)
  }

  /// Forgets tokens that have ended by this time, by themselves.
  private mutating func forgetEnded(by time: Timestamp) {
    let current = time.milliseconds / RevocationTable.minute
    for minute in tokensByMinute.keys where minute < current {
      for id in tokensByMinute.removeValue(forKey: minute) ?? [] where tokens[id]?.lastMinute == minute {
        tokens[id] = nil
      }
    }
    crowded = crowded.filter { $0.value.until >= time }
  }

  private mutating func makeRoom(_ limit: Int, at time: Timestamp) -> Bool {
    guard count > limit else { return true }
    let all = tokens.map { id, token in
      let end = Timestamp(milliseconds: (token.lastMinute + 1) * RevocationTable.minute)
      return RevokedToken(id: id, expiresAt: end, owner: token.owner)
    }
    guard
      let found = CrowdedClient.found(among: all, excess: count - limit, at: time)
    else { return false }
    tokens = tokens.filter { $0.value.owner.map { found[$0] == nil } ?? true }
    crowded.merge(found) { $0.merged(with: $1) }
    return count <= limit
  }
}
