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
}
