/// How many of some durations were how long.
package struct DurationHistogram: Sendable {
  /// The longest duration of each bucket but the last, in microseconds: from what memory answers to what a client gives up
  /// on.
  package static let bounds: [Int64] = [
    50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000,
    5_000_000, 10_000_000,
  ]

  /// How many there are in each bucket; the last is for what is longer than all bounds.
  package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
  /// All of them together, in microseconds.
  package private(set) var sum: Int64 = 0

  package init() {}

  /// How many there are.
  package var count: Int { counts.reduce(0, +) }

  /// Adds a duration; nearly all are short, so the search begins there.
  package mutating func add(microseconds: Int64) {
    var bucket = 0
    while bucket < DurationHistogram.bounds.count, microseconds > DurationHistogram.bounds[bucket] {
      bucket += 1
    }
    counts[bucket] += 1
    sum += microseconds
  }

  package mutating func add(_ other: DurationHistogram) {
    for (bucket, count) in other.counts.enumerated() { counts[bucket] += count }
    sum += other.sum
  }
}
