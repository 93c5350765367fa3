import GRDB
package import TesseraCore
package import TesseraJOSE

extension SQLiteStore {
  package func clientNotBefores(madeSince time: Timestamp) async throws(StoreError) -> [ClientNotBefore] {
    try await read { database in
      try database.rows(
        "SELECT * FROM client_not_befores WHERE made_at >= \(time.milliseconds) ORDER BY sequence"
      ).map(ClientNotBefore.init(row:))
    }
  }

  package func clientNotBefore(of id: ClientID) async throws(StoreError) -> ClientNotBefore? {
    try await read { try $0.clientNotBefore(of: id) }
  }

  @discardableResult
  package func removeClientNotBefores(
    madeBefore time: Timestamp,
    limit: Int
  ) async throws(StoreError) -> Int {
    try await write(for: .housekeeping) { database in
      try database.execute(
        literal: """
          DELETE FROM client_not_befores WHERE client_id IN (
            SELECT client_id FROM client_not_befores WHERE made_at < \(time.milliseconds) LIMIT \(max(0, limit))
          )
          """
      )
      return database.changesCount
    }
  }
}

extension Database {
  /// Which tokens of a client are inactive; nil when nothing was decided.
  func clientNotBefore(of id: ClientID) throws -> ClientNotBefore? {
    try row("SELECT * FROM client_not_befores WHERE client_id = \(id.rawValue)").map(
      ClientNotBefore.init(row:)
    )
  }

  /// Records which tokens of a client are inactive from now on.
  @discardableResult
  func setNotBefore(
    _ notBefore: Timestamp,
    of id: ClientID,
    _ audit: AuditEvent,
    _ sequence: Int64
  ) throws -> ClientNotBefore {
    try execute(
      literal: """
        INSERT OR REPLACE INTO client_not_befores (client_id, not_before, made_at, sequence)
        VALUES (\(id.rawValue), \(notBefore.milliseconds), \(audit.time.milliseconds), \(sequence))
        """
    )
    return ClientNotBefore(clientID: id, notBefore: notBefore, madeAt: audit.time, sequence: sequence)
  }
}

extension ClientNotBefore {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      clientID: try row.parsed("client_id", by: ClientID.init),
      notBefore: try row.time("not_before"),
      madeAt: try row.time("made_at"),
      sequence: try row.value("sequence")
    )
  }
}
