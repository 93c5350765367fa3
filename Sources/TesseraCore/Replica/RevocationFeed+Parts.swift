/// The answers that exist.
extension RevocationFeed {
  /// One answer, without what is in it.
  struct Part: Equatable, Sendable {
    /// The cursor that it is the answer to; 0 when it begins at the beginning.
    let since: Int64
    /// The cursor to ask with next.
    let cursor: Int64
    /// Whether there is more at once.
    let hasMore: Bool
    /// The pages that are in it.
    let pages: Range<Int64>
    /// A number that changes with the content.
    let version: Int
    /// How many entries it has.
    let count: Int
  }

  /// The answer to a cursor, when all changes up to `settled` are taken in.
  ///
  /// A cursor that was not given out, or of a page that is gone, gets the first answer: all is told again. Where no
  /// cursor goes beyond is the first page that is not complete: a revocation that is known because it was made here
  /// may have a greater number than one that will be heard of.
  func part(since asked: Int64, settled: Int64) -> Part {
    guard let lowest = order.first, let highest = order.last else {
      return Part(since: 0, cursor: 0, hasMore: false, pages: 0..<0, version: 0, count: 0)
    }
    let open = (settled + 1) / RevocationFeed.pageSize
    let (number, remainder) = asked.quotientAndRemainder(dividingBy: RevocationFeed.pageSize)
    let isKnown = asked > 0 && remainder == 0 && (pages[number] != nil || number == open && open < highest)
    let first = isKnown ? number : min(lowest, open)
    let since = isKnown ? asked : 0
    guard first < open else {
      return part(since, first..<highest + 1, cursor: first, hasMore: false)
    }
    let (last, isAligned) = (first + RevocationFeed.pagesAtOnce, first % RevocationFeed.pagesAtOnce == 0)
    let range = first..<(isAligned && last <= open ? last : first + 1)
    if let next = order.first(where: { $0 >= range.upperBound }) {
      return part(since, range, cursor: min(next, max(open, range.upperBound)), hasMore: true)
    }
    return part(since, range, cursor: order.last { range.contains($0) } ?? first, hasMore: false)
  }

  private func part(_ since: Int64, _ range: Range<Int64>, cursor: Int64, hasMore: Bool) -> Part {
    let found = order.filter(range.contains).compactMap { pages[$0] }
    return Part(
      since: since,
      cursor: cursor * RevocationFeed.pageSize,
      hasMore: hasMore,
      pages: range,
      version: found.map(\.version).max() ?? 0,
      count: found.reduce(0) { $0 + $1.entries.count }
    )
  }

  /// What is in a part: the arrays themselves, so that it takes no time.
  func entries(of part: Part) -> [[Entry]] {
    order.filter(part.pages.contains).compactMap { pages[$0]?.entries }
  }
}
