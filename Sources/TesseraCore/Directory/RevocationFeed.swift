/// What took tokens back and still concerns tokens that could be valid, in the order of the feed of changes: what
/// offline verifiers have to know.
struct RevocationFeed {
  /// What was taken back.
  enum Subject: Hashable, Sendable {
    /// One token.
    case token(TokenID)
    /// Tokens of a client by the time they were issued at.
    case client(ClientID)
  }

  struct Entry: Sendable {
    let subject: Subject
    /// The tokens that it concerns were issued before this.
    let notBefore: Timestamp
    /// By when the tokens that it concerns have expired.
    let relevantUntil: Timestamp
    /// The place in the feed; nil while it is only known from having been done here.
    let sequence: Int64?
  }

  /// By sequence number.
  private var entries: [Entry] = []
  /// What was done here and was not heard of in the feed yet: part of every answer, so that nobody misses it.
  private var unplaced: [Subject: Entry] = [:]

  /// The most entries of one answer.
  static let pageSize = 10_000

  /// Adds an entry, in place of an earlier one about the same client.
  mutating func insert(_ entry: Entry) {
    guard let sequence = entry.sequence else {
      unplaced[entry.subject] = entry
      return
    }
    unplaced[entry.subject] = nil
    if case .client = entry.subject { entries.removeAll { $0.subject == entry.subject } }
    let index = firstIndex(after: sequence)
    // Read twice: at the start, and again in the feed.
    if index > 0, entries[index - 1].sequence == sequence, entries[index - 1].subject == entry.subject {
      return
    }
    entries.insert(entry, at: index)
  }

  /// At most a page of the entries after this sequence number, and whether there are more.
  func page(after sequence: Int64) -> (entries: [Entry], hasMore: Bool) {
    let rest = entries[firstIndex(after: sequence)...]
    return (
      Array(unplaced.values) + rest.prefix(RevocationFeed.pageSize), rest.count > RevocationFeed.pageSize
    )
  }

  /// Forgets what concerns no token any more that could be valid.
  mutating func forgetIrrelevant(at now: Timestamp) {
    entries.removeAll { $0.relevantUntil <= now }
    unplaced = unplaced.filter { $0.value.relevantUntil > now }
  }

  /// Entries that were added last are looked for first, by halves.
  private func firstIndex(after sequence: Int64) -> Int {
    if let last = entries.last?.sequence, last <= sequence { return entries.count }
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].sequence ?? 0 <= sequence { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
