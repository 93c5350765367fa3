package import TesseraCore
package import TesseraJOSE

extension PostgresStore {
  package func clientNotBefores(madeSince time: Timestamp) async throws(StoreError) -> [ClientNotBefore] {
    try await read { connection throws(StoreError) in
      try connection.run(.notBefores + "WHERE made_at >= \(time.milliseconds) ORDER BY sequence")
        .map(ClientNotBefore.init(row:))
    }
  }

  package func clientNotBefores(of ids: [ClientID]) async throws(StoreError) -> [ClientNotBefore] {
    try await read { connection throws(StoreError) in try connection.clientNotBefores(of: ids) }
  }

  @discardableResult
  package func removeClientNotBefores(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int
  {
    try await write(for: .housekeeping) { connection throws(StoreError) in
      try connection.run(
        """
        DELETE FROM client_not_befores WHERE client_id IN (
          SELECT client_id FROM client_not_befores WHERE made_at < \(time.milliseconds) LIMIT \(max(0, limit))
        )
        """
      ).affected
    }
  }
}

extension Connection {
  /// Which tokens of these clients are inactive.
  package func clientNotBefores(of ids: [ClientID]) throws(StoreError) -> [ClientNotBefore] {
    try run(.notBefores + "WHERE client_id = ANY (\(ids.map(\.rawValue))) ORDER BY sequence")
      .map(ClientNotBefore.init(row:))
  }

  package func set(_ notBefore: ClientNotBefore) throws(StoreError) {
    try set([notBefore])
  }

  /// Records which tokens of clients are inactive from now on, of each client once.
  func set(_ notBefores: [ClientNotBefore]) throws(StoreError) {
    try run(
      """
      INSERT INTO client_not_befores (client_id, not_before, made_at, sequence)
      SELECT * FROM unnest(
        \(notBefores.map(\.clientID.rawValue))::text[],
        \(notBefores.map { String($0.notBefore.milliseconds) })::bigint[],
        \(notBefores.map { String($0.madeAt.milliseconds) })::bigint[],
        \(notBefores.map { String($0.sequence) })::bigint[]
      )
      ON CONFLICT (client_id) DO UPDATE SET
        not_before = excluded.not_before, made_at = excluded.made_at, sequence = excluded.sequence
      """
    )
  }
}

extension Statement {
  fileprivate static let notBefores: Statement =
    "SELECT client_id, not_before, made_at, sequence FROM client_not_befores"
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
