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
  @discardableResult
  package func removeAuditRecords(
    madeBefore time: Timestamp,
    action: AuditEvent.Action?,
    limit: Int
  ) async throws(StoreError) -> Int {
    try write { data in
      let old = Set(
        data.audit.dropLast()
          .filter { $0.event.time < time && $0.event.action == action ?? $0.event.action }
          .map(\.number).first(limit)
      )
      data.audit.removeAll { old.contains($0.number) }
      return old.count
    }
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
