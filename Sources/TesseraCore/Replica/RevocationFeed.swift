import TesseraJOSE

/// What is revoked, by token and as offline verifiers hear of it: in the order of the feed of changes, in pages at fixed
/// boundaries.
///
/// A page has the entries of `pageSize` sequence numbers. Every cursor that is given out is where a page begins, so
/// there are only as many answers as pages, whatever cursors somebody makes up.
struct RevocationFeed {
  /// The subject of a revocation.
  enum Subject: Hashable, Sendable {
    /// One token.
    case token(TokenID)
    /// Tokens of a client by the time they were issued at.
    case client
  }

  struct Entry: Sendable {
    let subject: Subject
    /// Whose tokens; nil where that was not kept.
    let clientID: ClientID?
    /// When the token was issued, or before when the tokens that it concerns were.
    let time: Timestamp
    /// By when the tokens that it concerns have expired.
    let relevantUntil: Timestamp
    /// The place in the feed of changes.
    let sequence: Int64
  }

  struct Page {
    /// By sequence number.
    var entries: [Entry] = []
    /// When it was changed last, counted in changes.
    var version = 0
    /// When the first of its entries can be forgotten.
    var earliestEnd = Timestamp.distantFuture
  }

  private struct OfClient {
    /// The place of its not-before.
    var notBefore: Int64?
    var tokens: Set<TokenID> = []
  }

  /// How many sequence numbers a page has.
  static let pageSize: Int64 = 512
  /// The number of complete pages in one answer, for a reader that begins at the first of them.
  static let pagesAtOnce: Int64 = 16

  private(set) var pages: [Int64: Page] = [:]
  /// The numbers of the pages that have entries, in order.
  private(set) var order: [Int64] = []
  /// The places of revoked tokens.
  private var tokens: [TokenID: Int64] = [:]
  private var clients: [ClientID: OfClient] = [:]
  private var changes = 0
  /// A mark of each token that is revoked, and maybe of others.
  private(set) var marks = RevocationMarks()
  /// How many there were.
  private var markCount = 0

  /// How many tokens are revoked by themselves.
  var tokenCount: Int { tokens.count }

  /// Whether this token was revoked by itself.
  func isRevoked(_ token: TokenID) -> Bool { tokens[token] != nil }

  /// Adds the revocation of a token; one that is known stays as it is.
  ///
  /// Where the limit allows no more of the client, its tokens that have expired make room, as in the store.
  mutating func insert(_ record: RevocationRecord, limit: RevocationLimit, at now: Timestamp) {
    guard tokens[record.token] == nil else { return }
    if let id = record.clientID {
      // Now and then, since nothing may have expired.
      if let count = clients[id]?.tokens.count, count.isMultiple(of: 64),
        !limit.allowsAnother(ofClient: count, ofAll: tokens.count)
      {
        removeTokens(of: id) { $0.relevantUntil <= now }
      }
      clients[id, default: OfClient()].tokens.insert(record.token)
    }
    tokens[record.token] = record.sequence
    marks.add(record.token)
    markCount += 1
    place(
      Entry(
        subject: .token(record.token),
        clientID: record.clientID,
        time: record.issuedAt,
        relevantUntil: record.expiresAt,
        sequence: record.sequence
      )
    )
  }

  /// Adds the not-before of a client in place of an earlier one, and of the tokens that it takes back for good.
  mutating func insert(_ notBefore: ClientNotBefore, longestLifetime: Int) {
    let id = notBefore.clientID
    if let known = clients[id]?.notBefore {
      guard known < notBefore.sequence else { return }
      remove(at: known) { $0.subject == .client && $0.clientID == id }
    }
    // Of a client that is disabled all tokens are inactive, but it may be enabled again.
    if notBefore.notBefore < .distantFuture {
      removeTokens(of: id) { $0.time < notBefore.notBefore }
    }
    clients[id, default: OfClient()].notBefore = notBefore.sequence
    place(
      Entry(
        subject: .client,
        clientID: id,
        time: notBefore.notBefore,
        relevantUntil: notBefore.madeAt.advanced(bySeconds: Int64(longestLifetime)),
        sequence: notBefore.sequence
      )
    )
  }

  /// Forgets what concerns only tokens that have expired by this time.
  mutating func forget(expiredBy time: Timestamp) {
    for number in order {
      guard let page = pages[number], page.earliestEnd <= time else { continue }
      for entry in page.entries where entry.relevantUntil <= time { unlist(entry) }
      remove(from: number) { $0.relevantUntil <= time }
    }
  }

  /// Makes the marks anew where most are of tokens that are forgotten; whether it did.
  mutating func renewMarks() -> Bool {
    guard markCount > 2 * tokens.count + RevocationFeed.sparedMarks else { return false }
    marks = RevocationMarks()
    for token in tokens.keys { marks.add(token) }
    markCount = tokens.count
    return true
  }

  /// For so few marks none are made anew.
  private static let sparedMarks = 4096

  /// Forgets the not-befores of clients up to this change, because they were read anew.
  mutating func forgetClients(through sequence: Int64) {
    for id in clients.keys {
      guard let place = clients[id]?.notBefore, place <= sequence else { continue }
      remove(at: place) { $0.subject == .client && $0.clientID == id }
    }
  }

  private mutating func removeTokens(of id: ClientID, where isMeant: (Entry) -> Bool) {
    guard let revoked = clients[id]?.tokens else { return }
    let isMeant = { (entry: Entry) in entry.subject != .client && entry.clientID == id && isMeant(entry) }
    for number in Set(revoked.compactMap { tokens[$0].map(RevocationFeed.page) }) {
      let removed = pages[number]?.entries.filter(isMeant) ?? []
      for entry in removed { unlist(entry) }
      if !removed.isEmpty { remove(from: number, where: isMeant) }
    }
  }

  private mutating func remove(at sequence: Int64, where isMeant: (Entry) -> Bool) {
    let number = RevocationFeed.page(of: sequence)
    for entry in pages[number]?.entries ?? [] where isMeant(entry) { unlist(entry) }
    remove(from: number, where: isMeant)
  }

  /// Takes an entry out of what is looked up.
  private mutating func unlist(_ entry: Entry) {
    if case .token(let token) = entry.subject { tokens[token] = nil }
    guard let id = entry.clientID, var ofClient = clients.removeValue(forKey: id) else { return }
    switch entry.subject {
    case .token(let token): ofClient.tokens.remove(token)
    case .client: ofClient.notBefore = nil
    }
    if ofClient.notBefore != nil || !ofClient.tokens.isEmpty { clients[id] = ofClient }
  }

  private mutating func place(_ entry: Entry) {
    update(RevocationFeed.page(of: entry.sequence)) { page in
      // Nearly always the last.
      let index = page.entries.lastIndex { $0.sequence <= entry.sequence }.map { $0 + 1 } ?? 0
      page.entries.insert(entry, at: index)
      page.earliestEnd = min(page.earliestEnd, entry.relevantUntil)
    }
  }

  private mutating func remove(from number: Int64, where isMeant: (Entry) -> Bool) {
    update(number) { page in
      page.entries.removeAll(where: isMeant)
      page.earliestEnd = page.entries.lazy.map(\.relevantUntil).min() ?? .distantFuture
    }
  }

  private mutating func update(_ number: Int64, _ change: (inout Page) -> Void) {
    var page = pages.removeValue(forKey: number) ?? Page()
    let wasEmpty = page.entries.isEmpty
    change(&page)
    changes += 1
    page.version = changes
    if !page.entries.isEmpty { pages[number] = page }
    guard wasEmpty != page.entries.isEmpty else { return }
    let index = order.firstIndex { $0 >= number } ?? order.count
    if wasEmpty { order.insert(number, at: index) } else { order.remove(at: index) }
  }

  /// The page of a sequence number; what was revoked before there were any is on the first.
  static func page(of sequence: Int64) -> Int64 { max(0, sequence) / pageSize }
}
