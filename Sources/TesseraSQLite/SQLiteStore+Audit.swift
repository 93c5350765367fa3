import GRDB
package import TesseraCore

extension SQLiteStore {
  package func auditRecords(
    before: Int64?,
    subject: String?,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try await read { database in
      var query: SQL = "SELECT * FROM audit WHERE number < \(before ?? .max)"
      if let subject { query += " AND subject = \(subject)" }
      query += " ORDER BY number DESC LIMIT \(max(0, limit))"
      return try database.rows(query).map(AuditRecord.init(row:))
    }
  }
}

extension AuditRecord {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      number: try row.value("number"),
      event: AuditEvent(
        time: try row.time("time"),
        actor: try row.value("actor"),
        action: try row.parsed("action", by: AuditEvent.Action.init),
        subject: try row.value("subject"),
        details: try row.parsed("details", by: [String: String].init(jsonText:))
      )
    )
  }
}
