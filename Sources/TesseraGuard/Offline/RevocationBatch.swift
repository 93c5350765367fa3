import TesseraJOSE

/// What a whole answer of the revocation feed says, put together from its parts, before any of it counts.
struct RevocationBatch: Sendable {
  /// The cursor to go on with.
  private(set) var cursor: Int64
  /// Whether the token service has begun again: what is not in here about clients holds no more.
  private(set) var startsOver = false
  /// When the last part was made; nil before the first.
  private(set) var madeAt: Timestamp?
  private(set) var notBefore: Timestamp?
  private(set) var tokens: [RevokedToken] = []
  private(set) var clients: [String: Timestamp] = [:]
  /// The clients that have more revoked tokens than there is room for.
  private(set) var crowded: [String: CrowdedClient] = [:]

  init(since cursor: Int64) {
    self.cursor = cursor
  }

  /// How many revocations it has.
  var count: Int { tokens.count + clients.count + crowded.count }

  /// Adds the answer to the question for what comes after `cursor`; false when it is the answer to another.
  mutating func add(_ news: RevocationNews) -> Bool {
    guard news.since == cursor || news.since == 0 else { return false }
    if news.since == 0, cursor != 0 {
      startsOver = true
      clients = [:]
      notBefore = nil
    }
    cursor = news.cursor
    madeAt = news.madeAt
    notBefore = news.notBefore ?? notBefore
    tokens += news.tokens
    // The newest counts: a client that is enabled again has an earlier time than while it was disabled.
    for client in news.clients { clients[client.id] = client.notBefore }
    return true
  }

  /// Makes room by the clients that have most, until there are no more than `limit` revocations; false when that cannot
  /// be done.
  mutating func makeRoom(_ limit: Int, at now: Timestamp) -> Bool {
    guard count > limit else { return true }
    guard
      let found = CrowdedClient.found(among: tokens, excess: count - limit, at: madeAt ?? now)
    else { return false }
    tokens.removeAll { $0.owner.map { found[$0] != nil } ?? false }
    crowded.merge(found) { $0.merged(with: $1) }
    return count <= limit
  }
}
