/// What the requests of one event loop came to, or those of several together.
///
/// Nobody but its loop writes it, so that counting takes neither a lock nor an atomic operation.
package struct RequestTally: Sendable {
  private var counts: [Int] = []
  /// How long the timed requests took.
  package private(set) var durations = DurationHistogram()

  package init() {}

  /// Counts a request that took so long.
  ///
  /// The table grows to the last counter there is, and no further.
  package mutating func count(_ counter: RequestCounter, microseconds: Int64) {
    if counter.place >= counts.count {
      counts.append(contentsOf: repeatElement(0, count: counter.place + 1 - counts.count))
    }
    counts[counter.place] += 1
    if counter.isTimed { durations.add(microseconds: microseconds) }
  }

  /// Adds what another loop counted.
  package mutating func add(_ other: RequestTally) {
    if other.counts.count > counts.count {
      counts.append(contentsOf: repeatElement(0, count: other.counts.count - counts.count))
    }
    for (place, count) in other.counts.enumerated() { counts[place] += count }
    durations.add(other.durations)
  }

  func count(at place: Int) -> Int { place < counts.count ? counts[place] : 0 }
}
