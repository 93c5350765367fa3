/// A dictionary of bounded size that forgets what was not used for longest.
///
/// Entries live in two generations. When the young one is half the capacity it becomes the old one, and what
/// was old is forgotten; use makes an entry young again. No lists, no timestamps, constant time.
package struct GenerationalCache<Key: Hashable, Value> {
  private let capacity: Int
  private var young: [Key: Value] = [:]
  private var old: [Key: Value] = [:]

  /// A cache of at most `capacity` entries, at least 2.
  package init(capacity: Int) {
    self.capacity = max(2, capacity)
  }

  /// How many entries can be added before others begin to be forgotten.
  var room: Int { capacity / 2 - young.count }

  /// How many entries there are.
  var count: Int { young.count + old.count }

  /// Whether there is no entry.
  var isEmpty: Bool { young.isEmpty && old.isEmpty }

  /// The value of a key, which counts as use.
  package mutating func value(for key: Key) -> Value? {
    if let value = young[key] { return value }
    guard let value = old.removeValue(forKey: key) else { return nil }
    insert(value, for: key)
    return value
  }

  /// Sets the value of a key.
  package mutating func insert(_ value: Value, for key: Key) {
    if young.count >= capacity / 2, young[key] == nil {
      old = young
      young = [:]
    }
    old.removeValue(forKey: key)
    young[key] = value
  }

  /// Forgets a key.
  package mutating func remove(_ key: Key) {
    young.removeValue(forKey: key)
    old.removeValue(forKey: key)
  }
}
