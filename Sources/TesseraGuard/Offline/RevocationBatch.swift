import TesseraCore

/// What a whole answer of the revocation feed says, put together from its parts, before any of it counts.
struct RevocationBatch: Sendable {
  /// The cursor to go on with.
  private(set) var cursor: Int64
  /// Whether the token service has begun again: what is not in here about clients holds no more.
  private(set) var startsOver = false
  private(set) var notBefore: Timestamp?
  private(set) var tokens: [(id: TokenID, expiresAt: Timestamp)] = []
  private(set) var clients: [String: Timestamp] = [:]

  init(since cursor: Int64) {
    self.cursor = cursor
  }

  /// How many revocations it has.
  var count: Int { tokens.count + clients.count }

  /// Adds the answer to the question for what comes after `cursor`; false when it is the answer to another.
  mutating func add(_ news: RevocationNews) -> Bool {
    guard news.since == cursor || news.since == 0 else { return false }
    if news.since == 0, cursor != 0 {
      startsOver = true
      clients = [:]
      notBefore = nil
    }
    cursor = news.cursor
    notBefore = news.notBefore ?? notBefore
    tokens += news.tokens
    // The newest counts: a client that is enabled again has an earlier time than while it was disabled.
    for client in news.clients { clients[client.id] = client.notBefore }
    return true
  }
}
