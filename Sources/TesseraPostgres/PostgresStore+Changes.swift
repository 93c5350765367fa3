package import TesseraCore
package import TesseraJOSE

extension PostgresStore {
  package func latestChange() async throws(StoreError) -> Int64 {
    try await read { connection throws(StoreError) in
      try connection.row("SELECT max(sequence) AS sequence FROM changes")?.optionalValue("sequence") ?? 0
    }
  }

  package func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> [Change] {
    try await read { connection throws(StoreError) in
      try connection.run(
        """
        SELECT sequence, kind, subject FROM changes
        WHERE sequence > \(sequence) ORDER BY sequence LIMIT \(max(0, limit))
        """
      ).map(Change.init(row:))
    }
  }

  @discardableResult
  package func removeChanges(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try await write(for: .housekeeping) { connection throws(StoreError) in
      try connection.run(
        """
        DELETE FROM changes WHERE sequence IN (
          SELECT sequence FROM changes
          WHERE made_at < \(time.milliseconds) AND sequence < (SELECT max(sequence) FROM changes)
          ORDER BY made_at LIMIT \(max(0, limit))
        )
        """
      ).affected
    }
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
