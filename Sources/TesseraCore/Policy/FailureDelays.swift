/// Delays that double: none while failures are free, then 1 s, 2 s, 4 s, up to the longest.
struct FailureDelays<Key: Hashable> {
  private struct Failures {
    var count = 0
    /// When attempts are looked at again, in monotonic milliseconds.
    var blockedUntil: Int64 = 0
    var last: Int64
  }

  private var failures: GenerationalCache<Key, Failures>
  private let settings: FailureLimiter.Settings
  private let memory: Int64

  /// Failures are forgotten after `memory` milliseconds without another.
  init(_ settings: FailureLimiter.Settings, memory: Int64, capacity: Int) {
    self.settings = settings
    self.memory = memory
    failures = GenerationalCache(capacity: capacity)
  }

  var isEmpty: Bool { failures.isEmpty }

  mutating func knows(_ key: Key) -> Bool { failures.value(for: key) != nil }

  /// Milliseconds until an attempt is looked at; 0 when it is looked at now.
  mutating func wait(for key: Key, at now: Int64) -> Int64 {
    max(0, (failures.value(for: key)?.blockedUntil ?? now) - now)
  }

  mutating func add(_ key: Key, at now: Int64) {
    var known = failures.value(for: key) ?? Failures(last: now)
    if now - known.last > memory { known.count = 0 }
    known.count += 1
    known.last = now
    known.blockedUntil = now + delay(afterFailures: known.count)
    failures.insert(known, for: key)
  }

  mutating func forget(_ key: Key) { failures.remove(key) }

  private func delay(afterFailures count: Int) -> Int64 {
    let paid = count - settings.freeFailures
    guard paid > 0 else { return 0 }
    return 1000 * min(Int64(settings.longestDelay), 1 << Int64(min(paid - 1, 30)))
  }
}
