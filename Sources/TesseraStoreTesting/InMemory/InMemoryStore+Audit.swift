package import TesseraCore

extension InMemoryStore {
  package func auditRecords(
    before: Int64?,
    subject: String?,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try read(.audit) { data in
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
}
