import GRDB
package import TesseraCore
package import TesseraJOSE

extension SQLiteStore {
  package func recordedClients(named name: String) async throws(StoreError) -> [ClientID] {
    try await read { database in
      let key = Name.key(of: name)
      let actions = AuditEvent.actionsWithClientName.map(\.rawValue)
      let rows = try Row.fetchCursor(
        database,
        SQLRequest(
          literal: """
            SELECT subject, json_extract(details, '$.name') AS name FROM audit
            WHERE action IN \(actions) AND json_extract(details, '$.name') IS NOT NULL ORDER BY number DESC
            """
        )
      )
      var clients: [ClientID] = []
      while let row = try rows.next() {
        guard Name.key(of: try row.value("name")) == key else { continue }
        let id = try row.parsed("subject", by: ClientID.init)
        if !clients.contains(id) { clients.append(id) }
      }
      return clients
    }
  }

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

  package func auditRecords(
    of chain: AuditChain?,
    after number: Int64,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try await read { database in
      var query: SQL = "SELECT * FROM audit WHERE number > \(number)"
      if let chain { query += " AND chain = \(chain.rawValue)" }
      query += " ORDER BY number LIMIT \(max(0, limit))"
      return try database.rows(query).map(AuditRecord.init(row:))
    }
  }

  package func auditRecordCount(
    of actions: Set<AuditEvent.Action>,
    after number: Int64
  ) async throws(StoreError) -> Int {
    try await read { database in
      let actions = actions.map(\.rawValue)
      return try database.row(
        "SELECT count(*) AS count FROM audit WHERE number > \(number) AND action IN \(actions)"
      )?.value("count") ?? 0
    }
  }

  package func auditMarks() async throws(StoreError) -> [AuditMark] {
    try await read { database in
      try database.rows("SELECT * FROM audit_marks ORDER BY name").map(AuditMark.init(row:))
    }
  }

  package func latestChange() async throws(StoreError) -> Int64 {
    try await read { try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM changes") ?? 0 }
  }

  package func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> [Change] {
    try await read { database in
      try database.rows(
        "SELECT * FROM changes WHERE sequence > \(sequence) ORDER BY sequence LIMIT \(max(0, limit))"
      ).map(Change.init(row:))
    }
  }

  @discardableResult
  package func removeChanges(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try await write(for: .housekeeping, atMost: .max) { database in
      try database.execute(
        literal: """
          DELETE FROM changes WHERE sequence IN (
            SELECT sequence FROM changes
            WHERE made_at < \(time.milliseconds) AND sequence < (SELECT max(sequence) FROM changes)
            ORDER BY made_at LIMIT \(max(0, limit))
          )
          """
      )
      return database.changesCount
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
        address: try row.optionalValue("address"),
        action: try row.parsed("action", by: AuditEvent.Action.init),
        subject: try row.value("subject"),
        details: try row.parsed("details", by: [String: String].init(jsonText:))
      ),
      differences: try row.parsed("differences", by: [String: AuditDifference].init(jsonText:)),
      chain: try row.parsed("chain", by: AuditChain.init(rawValue:)),
      hash: try row.bytes("hash")
    )
  }
}

extension AuditMark {
  init(row: Row) throws(StoreError) {
    self.init(
      name: try row.value("name"),
      statement: try row.value("statement"),
      signature: try row.bytes("signature")
    )
  }
}

extension Change {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      sequence: try row.value("sequence"),
      subject: Subject(kind: try row.value("kind"), subject: try row.optionalValue("subject"))
    )
  }
}
