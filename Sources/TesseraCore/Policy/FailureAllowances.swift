/// Allowances that failures use up and that come back with time.
///
/// Whoever counts as so many sources may fail as often at once as they may before they wait, and then as often in
/// each longest delay as there are of them: a steady guesser is held to that pace, and what few sources do never
/// uses it up for the others.
struct FailureAllowances<Key: Hashable> {
  /// When all of it is back, in monotonic milliseconds.
  private var spentUntil: GenerationalCache<Key, Int64>
  private let longestDelay: Int64
  /// How far ahead that may be.
  private let most: Int64

  init(_ settings: FailureLimiter.Settings, capacity: Int) {
    spentUntil = GenerationalCache(capacity: capacity)
    longestDelay = 1000 * Int64(settings.longestDelay)
    // The failure after the free ones is the first that is followed by a delay. The bound keeps it from overflowing.
    most = longestDelay * (Int64(min(settings.freeFailures, 1_000_000)) + 1)
  }

  /// Milliseconds until there is room for one more failure; 0 when there is.
  mutating func wait(for key: Key, worth sources: Int64, at now: Int64) -> Int64 {
    guard let until = spentUntil.value(for: key) else { return 0 }
    return max(0, until - now + longestDelay / sources - most)
  }

  mutating func spend(_ key: Key, worth sources: Int64, at now: Int64) {
    spentUntil.insert(max(spentUntil.value(for: key) ?? now, now) + longestDelay / sources, for: key)
  }

  mutating func giveBack(_ key: Key, worth sources: Int64) {
    guard let until = spentUntil.value(for: key) else { return }
    spentUntil.insert(until - longestDelay / sources, for: key)
  }
}
