package import TesseraCore
package import TesseraJOSE

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
  package func removeChanges(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try write { data in
      let old = Set(data.changes.dropLast().filter { $0.madeAt < time }.map(\.change.sequence).first(limit))
      data.changes.removeAll { old.contains($0.change.sequence) }
      return old.count
    }
  }
}
