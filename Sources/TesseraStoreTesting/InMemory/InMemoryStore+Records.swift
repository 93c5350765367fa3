package import TesseraCore
package import TesseraJOSE

extension InMemoryStore {
  package func recordedClients(named name: String) async throws(StoreError) -> [ClientID] {
    try read { data in
      let key = Name.key(of: name)
      var clients: [ClientID] = []
      for record in data.audit.reversed() where record.event.clientName.map(Name.key(of:)) == key {
        if let id = ClientID(record.event.subject), !clients.contains(id) { clients.append(id) }
      }
      return clients
    }
  }

  package func auditRecords(
    before: Int64?,
    subject: String?,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try read { data in
      data.audit.reversed()
        .filter { $0.number < before ?? .max && $0.event.subject == subject ?? $0.event.subject }
        .first(limit)
    }
  }

  package func auditRecords(
    of chain: AuditChain?,
    after number: Int64,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try read { data in
      data.audit.filter { $0.number > number && $0.chain == chain ?? $0.chain }.first(limit)
    }
  }

  package func auditMarks() async throws(StoreError) -> [AuditMark] {
    try read { $0.auditMarks.values.sorted { $0.name < $1.name } }
  }

  package func latestChange() async throws(StoreError) -> Int64 {
    try read { $0.changes.last?.change.sequence ?? 0 }
  }

  package func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> [Change] {
    try read { data in
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
