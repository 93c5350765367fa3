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

  @discardableResult
  package func removeAuditRecords(
    madeBefore time: Timestamp,
    action: AuditEvent.Action?,
    limit: Int
  ) async throws(StoreError) -> Int {
    try await write(for: .housekeeping) { database in
      // By the index of each action, so that a log without old rows is not read through.
      var rest = max(0, limit)
      for action in action.map({ [$0] }) ?? AuditEvent.Action.allCases where rest > 0 {
        try database.execute(
          literal: """
            DELETE FROM audit WHERE number IN (
              SELECT number FROM audit
              WHERE action = \(action.rawValue) AND time < \(time.milliseconds)
                AND number < (SELECT max(number) FROM audit)
              ORDER BY time LIMIT \(rest)
            )
            """
        )
        rest -= database.changesCount
      }
      return max(0, limit) - rest
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
