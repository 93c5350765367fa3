import TesseraJOSE
import Testing

@testable import TesseraCore

/// The feed in pages, read as a verifier reads it.
@Suite struct RevocationFeedPagesTests {
  private static let time = Timestamp(milliseconds: 1_700_000_000_000)
  private static let size = RevocationFeed.pageSize

  private func record(_ number: Int64, of client: String = "app", expiresAt: Timestamp = .distantFuture)
    throws
    -> RevocationRecord
  {
    var bytes = withUnsafeBytes(of: number.bigEndian) { Array($0) }
    bytes += [0, 0, 0, 0]
    let clientID: ClientID = try #require(ClientID(client))
    return RevocationRecord(
      sequence: number,
      token: try #require(TokenID(bytes: bytes)),
      clientID: clientID,
      issuedAt: Self.time,
      expiresAt: expiresAt
    )
  }

  private func feed(_ numbers: some Sequence<Int64>) throws -> RevocationFeed {
    var feed = RevocationFeed()
    for number in numbers { insert(try record(number), into: &feed) }
    return feed
  }

  private func insert(_ record: RevocationRecord, into feed: inout RevocationFeed) {
    feed.insert(record, limit: RevocationLimit(ofClient: .max, ofAll: .max, least: .max), at: Self.time)
  }

  /// Reads on from a cursor as long as there is more.
  private func read(_ feed: RevocationFeed, since start: Int64, settled: Int64) -> (Set<Int64>, cursor: Int64)
  {
    var (cursor, heard) = (start, Set<Int64>())
    while true {
      let part = feed.part(since: cursor, settled: settled)
      #expect(part.since == cursor || part.since == 0, "a verifier refuses anything else")
      let entries = feed.entries(of: part).joined()
      #expect(entries.count == part.count)
      #expect(!part.hasMore || part.count > 0, "it could go on for ever")
      heard.formUnion(entries.map(\.sequence))
      cursor = part.cursor
      if !part.hasMore { return (heard, cursor) }
    }
  }

  @Test("A page ends at its boundary, and the cursor is where the next begins")
  func boundaries() throws {
    let feed = try feed(1...Self.size)
    let open = feed.part(since: 0, settled: Self.size)
    #expect((open.since, open.cursor, open.hasMore, open.count) == (0, Self.size, true, 511))
    let next = feed.part(since: Self.size, settled: Self.size)
    #expect((next.since, next.cursor, next.hasMore, next.count) == (Self.size, Self.size, false, 1))
    let empty = RevocationFeed().part(since: 5, settled: 100)
    #expect((empty.since, empty.cursor, empty.hasMore, empty.count) == (0, 0, false, 0))
  }

  @Test("A page that is not complete is not left behind")
  func unsettled() throws {
    // Made here, and of a greater number than one that is still to be heard of.
    var feed = try feed([1, 2, Self.size + 1])
    #expect(feed.part(since: 0, settled: Self.size - 2).hasMore == false)
    let (first, cursor) = read(feed, since: 0, settled: Self.size - 2)
    #expect(first == [1, 2, Self.size + 1])
    insert(try record(Self.size - 1), into: &feed)
    let (rest, _) = read(feed, since: cursor, settled: Self.size + 1)
    #expect(rest.contains(Self.size - 1))
  }

  @Test("Who begins at the beginning gets many pages at once, and there are few answers in all")
  func answers() throws {
    let last = Self.size * 40
    let feed = try feed(1...last)
    var (cursor, count) = (Int64(0), 0)
    repeat {
      let part = feed.part(since: cursor, settled: last)
      (cursor, count) = (part.cursor, count + 1)
      if !part.hasMore { break }
    } while true
    #expect(count == 2 + 8 + 1, "16 pages twice, then one by one")
    #expect(read(feed, since: 0, settled: last).0.count == Int(last))
    let parts = (0..<100_000).map { feed.part(since: $0, settled: last) }
    #expect(Set(parts.map(\.since)).count <= 41)
  }

  @Test("A verifier misses nothing, whatever comes in what order")
  func nothingIsMissed() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      var state = seed
      func random(_ bound: Int64) -> Int64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int64(state >> 33) % bound
      }
      var feed = RevocationFeed()
      var (settled, cursor, heard, all) = (Int64(0), Int64(0), Set<Int64>(), Set<Int64>())
      for _ in 0..<300 {
        // Some are known at once because they were made here, the others when the feed is read.
        let end = settled + 1 + random(100)
        let made = Set((settled + 1...end).filter { _ in random(3) == 0 })
        for number in made where random(2) == 0 { insert(try record(number), into: &feed) }
        if random(2) == 0 {
          let news = read(feed, since: cursor, settled: settled)
          (heard, cursor) = (heard.union(news.0), news.cursor)
        }
        for number in made.sorted() { insert(try record(number), into: &feed) }
        settled = end
        all.formUnion(made)
        if random(3) == 0 {
          let news = read(feed, since: cursor, settled: settled)
          (heard, cursor) = (heard.union(news.0), news.cursor)
          #expect(heard == all, "seed \(seed)")
        }
      }
    }
  }

  @Test("What a page has changes its version, and what has expired leaves it")
  func versions() throws {
    var feed = try feed([1])
    let first = feed.part(since: 0, settled: 1)
    #expect(feed.part(since: 0, settled: 1) == first)
    insert(try record(2, expiresAt: Self.time), into: &feed)
    let second = feed.part(since: 0, settled: 2)
    #expect(second != first)
    feed.forget(expiredBy: Self.time.advanced(byMilliseconds: -1))
    #expect(feed.part(since: 0, settled: 2) == second)
    feed.forget(expiredBy: Self.time)
    #expect(feed.part(since: 0, settled: 2) != second)
    #expect(feed.tokenCount == 1)
    let (expired, other) = (try record(2).token, try record(1).token)
    #expect(!feed.isRevoked(expired) && feed.isRevoked(other))
  }

  @Test(
    "The not-before of a client takes the place of its tokens that were issued before, and of its own before"
  )
  func clients() throws {
    var feed = try feed([1, 2])
    insert(try record(3, of: "other"), into: &feed)
    func notBefore(_ sequence: Int64, _ time: Timestamp) throws -> ClientNotBefore {
      ClientNotBefore(
        clientID: try #require(ClientID("app")),
        notBefore: time,
        madeAt: time,
        sequence: sequence
      )
    }
    feed.insert(try notBefore(4, .distantFuture), longestLifetime: 60)
    #expect(feed.tokenCount == 3, "it may be enabled again")
    feed.insert(try notBefore(5, Self.time), longestLifetime: 60)
    #expect(feed.tokenCount == 3, "they were issued at that time")
    feed.insert(try notBefore(6, Self.time.advanced(byMilliseconds: 1)), longestLifetime: 60)
    #expect(feed.tokenCount == 1)
    feed.insert(try notBefore(5, Self.time), longestLifetime: 60)
    let part = feed.part(since: 0, settled: 6)
    #expect(feed.entries(of: part).joined().map(\.sequence) == [3, 6])
  }
}
