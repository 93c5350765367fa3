package import TesseraCore

extension InMemoryStore {
  package func keys() async throws(StoreError) -> [WrappedKey] {
    try read(.keys) { $0.keys.values.sorted { $0.number < $1.number } }
  }

  package func insertKey(_ key: WrappedKey, audit: AuditEvent) async throws(StoreError) {
    try write { data throws(StoreError) in
      try data.insert(key)
      data.record(audit, changed: .keys)
    }
  }

  package func moveKeyActivation(
    _ number: UInt16,
    from expected: Timestamp,
    to time: Timestamp,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write { data throws(StoreError) in
      guard let key = data.keys[number] else { throw .notFound("There is no key \(number)") }
      guard key.activatesAt == expected else { throw .conflict("Key \(number) was changed meanwhile") }
      data.keys[number]?.activatesAt = time
      data.record(audit, changed: .keys)
    }
  }

  package func removeKey(_ number: UInt16, audit: AuditEvent) async throws(StoreError) {
    try write { data throws(StoreError) in
      guard data.keys.removeValue(forKey: number) != nil else {
        throw .notFound("There is no key \(number)")
      }
      data.record(audit, changed: .keys)
    }
  }
}

extension StoredData {
  /// Adds a key.
  ///
  /// Throws `conflict`.
  mutating func insert(_ key: WrappedKey) throws(StoreError) {
    guard keys.updateValue(key, forKey: key.number) == nil else {
      throw .conflict("There is a key \(key.number) already")
    }
  }
}
