package import TesseraCore
import TesseraJOSE

extension PostgresStore {
  package func auditRecords(
    before: Int64?,
    subject: String?,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try await read { connection throws(StoreError) in
      var query: Statement = .auditRecords + "WHERE number < \(before ?? .max)"
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

  package func auditRecords(
    of chain: AuditChain?,
    after number: Int64,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try await read { connection throws(StoreError) in
      var query: Statement = .auditRecords + "WHERE number > \(number)"
      if let chain { query = query + "AND chain = \(chain.rawValue)" }
      query = query + "ORDER BY number LIMIT \(max(0, limit))"
      return try connection.run(query).map(AuditRecord.init(row:))
    }
  }

  package func auditRecordCount(
    of actions: Set<AuditEvent.Action>,
    after number: Int64
  ) async throws(StoreError) -> Int {
    try await read { connection throws(StoreError) in
      let count: Int64 = try connection.run(
        """
        SELECT count(*) AS count FROM audit
        WHERE number > \(number) AND action = ANY (\(actions.map(\.rawValue)))
        """
      )[0].value("count")
      return Int(count)
    }
  }

  package func auditMarks() async throws(StoreError) -> [AuditMark] {
    try await read { connection throws(StoreError) in
      try connection.run("SELECT name, statement, signature FROM audit_marks ORDER BY name")
        .map(AuditMark.init(row:))
    }
  }
}

extension Statement {
  fileprivate static let auditRecords: Statement = """
    SELECT number, time, actor, address, action, subject, details, differences, chain, hash FROM audit
    """
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
      hash: try row.value("hash")
    )
  }
}

extension AuditMark {
  init(row: Row) throws(StoreError) {
    self.init(
      name: try row.value("name"),
      statement: try row.value("statement"),
      signature: try row.value("signature")
    )
  }
}
