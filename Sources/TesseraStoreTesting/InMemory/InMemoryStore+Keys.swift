package import TesseraCore

extension InMemoryStore {
  package func keys() async throws(StoreError) -> [WrappedKey] {
    try read(.keys) { $0.keys.values.sorted { $0.number < $1.number } }
  }

  package func changeKeys(_ changes: [KeyChange]) async throws(StoreError) {
    try write { data throws(StoreError) in
      for change in changes { try data.make(change) }
    }
  }
}

extension StoredData {
  /// Makes one change and records it.
  mutating func make(_ change: KeyChange) throws(StoreError) {
    switch change.kind {
    case .add(let key): try insert(key)
    case .move(let number, let expected, let time):
      guard let key = keys[number] else { throw .notFound("There is no key \(number)") }
      guard key.activatesAt == expected else { throw .conflict("Key \(number) was changed meanwhile") }
      keys[number]?.activatesAt = time
    case .remove(let number):
      guard keys.removeValue(forKey: number) != nil else { throw .notFound("There is no key \(number)") }
    }
    record(change.audit, changed: .keys)
  }

  /// Adds a key.
  ///
  /// Throws `conflict`.
  mutating func insert(_ key: WrappedKey) throws(StoreError) {
    guard keys.updateValue(key, forKey: key.number) == nil else {
      throw .conflict("There is a key \(key.number) already")
    }
  }
}
