package import TesseraCore

extension InMemoryStore {
  package func latestChange() async throws(StoreError) -> Int64 {
    try read(.changes) { $0.changes.last?.change.sequence ?? 0 }
  }

  package func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> [Change] {
    try read(.changes) { data in
      data.changes.map(\.change).filter { $0.sequence > sequence }.first(limit)
    }
  }

  @discardableResult
  package func removeChanges(madeBefore time: Timestamp) async throws(StoreError) -> Int {
    try write { data in
      let before = data.changes.count
      let newest = data.changes.last?.change.sequence
      data.changes.removeAll { $0.madeAt < time && $0.change.sequence != newest }
      return before - data.changes.count
    }
  }
}
