/// Values that many clients share, bounded in bytes, and in what one client can put there.
///
/// Entries live in two generations, as in `GenerationalCache`. In each a client may add a few, so that it can neither
/// fill the table nor push out what others use. What is too large is not kept.
struct SharedTable<Key: Hashable, Value> {
  private struct Entry {
    let value: Value
    let size: Int
  }

  /// The most bytes of the keys in one generation.
  static var capacity: Int { 524_288 }
  /// The most bytes of one key.
  static var largestKey: Int { 1024 }
  /// The most entries that one client adds in a generation.
  static var entriesPerClient: Int { 32 }

  private var young: [Key: Entry] = [:]
  private var old: [Key: Entry] = [:]
  private var youngSize = 0
  /// How much each client has added to the young generation.
  private var additions: [ClientID: Int] = [:]

  /// How many entries there are, and how many bytes their keys have.
  var extent: (count: Int, size: Int) {
    let entries = [young, old].flatMap(\.values)
    return (entries.count, entries.reduce(0) { $0 + $1.size })
  }

  /// The value of a key, which counts as use.
  mutating func value(for key: Key) -> Value? {
    if let entry = young[key] { return entry.value }
    guard let entry = old.removeValue(forKey: key) else { return nil }
    keep(entry, for: key)
    return entry.value
  }

  /// Adds a value whose key has so many bytes, unless it is too large or this client has added enough.
  mutating func insert(_ value: Value, for key: Key, size: Int, by client: ClientID) {
    let added = additions[client, default: 0]
    guard size <= Self.largestKey, added < Self.entriesPerClient else { return }
    keep(Entry(value: value, size: size + Self.overhead), for: key)
    additions[client] = added + 1
  }

  /// What an entry takes besides its key; with it, many small entries have a bound too.
  private static var overhead: Int { 64 }

  private mutating func keep(_ entry: Entry, for key: Key) {
    if youngSize + entry.size > Self.capacity {
      old = young
      young = [:]
      youngSize = 0
      additions = [:]
    }
    if let replaced = young.updateValue(entry, forKey: key) { youngSize -= replaced.size }
    youngSize += entry.size
  }
}
