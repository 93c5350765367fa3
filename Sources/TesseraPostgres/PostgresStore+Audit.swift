package import TesseraCore
package import TesseraJOSE

extension PostgresStore {
  package func auditRecords(
    before: Int64?,
    subject: String?,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try await read { connection throws(StoreError) in
      var query: Statement =
        "SELECT number, time, actor, action, subject, details FROM audit WHERE number < \(before ?? .max)"
      if let subject { query = query + "AND subject = \(subject)" }
      query = query + "ORDER BY number DESC LIMIT \(max(0, limit))"
      return try connection.run(query).map(AuditRecord.init(row:))
    }
  }

  package func recordedClients(named name: String) async throws(StoreError) -> [ClientID] {
    try await read { connection throws(StoreError) in
      let rows = try connection.run(
        """
        SELECT subject FROM audit WHERE client_name_key = \(Name.key(of: name))
        GROUP BY subject ORDER BY max(number) DESC
        """
      )
      return try rows.map { row throws(StoreError) in try row.parsed("subject", by: ClientID.init) }
    }
  }

  @discardableResult
  package func removeAuditRecords(
    madeBefore time: Timestamp,
    action: AuditEvent.Action?,
    limit: Int
  ) async throws(StoreError) -> Int {
    try await write(for: .housekeeping) { connection throws(StoreError) in
      // By the index of each action, so that a log without old rows is not read through.
      var rest = max(0, limit)
      for action in action.map({ [$0] }) ?? AuditEvent.Action.allCases where rest > 0 {
        rest -= try connection.run(
          """
          DELETE FROM audit WHERE number IN (
            SELECT number FROM audit
            WHERE action = \(action.rawValue) AND time < \(time.milliseconds)
              AND number < (SELECT max(number) FROM audit)
            ORDER BY time LIMIT \(rest)
          )
          """
        ).affected
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
