import Crypto

/// Values that are kept for a while, and not more of them than this.
///
/// When there is no room, the oldest goes. Constant time for each call, on average.
struct ExpiringTable<Value> {
  private struct Entry {
    let value: Value
    let until: Duration
    let serial: UInt64
  }

  private let capacity: Int
  private var entries: [SHA256.Digest: Entry] = [:]
  /// What was inserted, oldest first; the part before `head` is gone already.
  private var order: [(key: SHA256.Digest, serial: UInt64)] = []
  private var head = 0
  private var lastSerial: UInt64 = 0

  init(capacity: Int) {
    self.capacity = max(1, capacity)
  }

  /// How many values are kept, expired ones that nobody has noticed yet among them.
  var count: Int { entries.count }

  /// The value, unless its time has passed.
  func value(_ key: SHA256.Digest, at now: Duration) -> Value? {
    guard let entry = entries[key], now < entry.until else { return nil }
    return entry.value
  }

  /// Keeps a value, in place of another for this key.
  mutating func insert(_ value: Value, for key: SHA256.Digest, until: Duration, at now: Duration) {
    guard now < until else { return }
    lastSerial += 1
    entries[key] = Entry(value: value, until: until, serial: lastSerial)
    order.append((key, lastSerial))
    makeRoom(at: now)
  }

  /// Forgets the value.
  mutating func remove(_ key: SHA256.Digest) {
    entries[key] = nil
  }

  private mutating func makeRoom(at now: Duration) {
    while head < order.count {
      let oldest = order[head]
      let entry = entries[oldest.key].flatMap { $0.serial == oldest.serial ? $0 : nil }
      // An entry that was replaced or removed takes up room in the order only.
      let isGone = entry.map { $0.until <= now } ?? true
      guard isGone || entries.count > capacity || order.count - head > 2 * capacity else { break }
      if entry != nil { entries[oldest.key] = nil }
      head += 1
    }
    if head > capacity, head > order.count / 2 {
      order.removeFirst(head)
      head = 0
    }
  }
}
