import Foundation
package import GRDB
package import TesseraCore
package import TesseraJOSE

extension SQLiteStore {
  package func revocations(after sequence: Int64, limit: Int) async throws(StoreError) -> [RevocationRecord] {
    try await read { database in
      try database.revocations(
        "SELECT sequence, token, client_id, issued_at, expires_at FROM revocations WHERE sequence > \(sequence) ORDER BY sequence LIMIT \(max(0, limit))"
      )
    }
  }

  package func revocation(of token: TokenID) async throws(StoreError) -> RevocationRecord? {
    try await read { try $0.revocation(of: token) }
  }

  /// In steps, so that others can write in between.
  @discardableResult
  package func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int {
    let (end, stepSize) = (ExpiryPeriods.revocations.end(ofThoseBefore: time), 1000)
    var (removed, last) = (0, stepSize)
    while last == stepSize {
      last = try await write(for: .housekeeping, atMost: .max) { database in
        try database.execute(
          literal: """
            DELETE FROM revocations WHERE sequence IN (
              SELECT sequence FROM revocations WHERE expires_at < \(end.milliseconds) LIMIT \(stepSize)
            )
            """
        )
        return database.changesCount
      }
      removed += last
    }
    return removed
  }

  package func clientNotBefores(madeSince time: Timestamp) async throws(StoreError) -> [ClientNotBefore] {
    try await read { database in
      try database.rows(
        "SELECT * FROM client_not_befores WHERE made_at >= \(time.milliseconds) ORDER BY sequence"
      ).map(ClientNotBefore.init(row:))
    }
  }

  package func clientNotBefores(of ids: [ClientID]) async throws(StoreError) -> [ClientNotBefore] {
    try await read { try $0.clientNotBefores(of: ids) }
  }

  @discardableResult
  package func removeClientNotBefores(
    madeBefore time: Timestamp,
    limit: Int
  ) async throws(StoreError) -> Int {
    try await write(for: .housekeeping, atMost: .max) { database in
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
  package func revocation(of token: TokenID) throws(StoreError) -> RevocationRecord? {
    try revocations(
      "SELECT sequence, token, client_id, issued_at, expires_at FROM revocations WHERE token = \(Data(token.bytes))"
    ).first
  }

  /// The revocations that a query finds, which may be many.
  fileprivate func revocations(_ query: SQL) throws(StoreError) -> [RevocationRecord] {
    try describing {
      let rows = try Row.fetchCursor(self, SQLRequest(literal: query, cached: true))
      var records: [RevocationRecord] = []
      while let row = try rows.next() { records.append(try RevocationRecord(row: row)) }
      return records
    }
  }

  package func insert(_ record: RevocationRecord) throws(StoreError) {
    try run(
      """
      INSERT INTO revocations (sequence, token, client_id, issued_at, expires_at) VALUES (
        \(record.sequence), \(Data(record.token.bytes)), \(record.clientID?.rawValue),
        \(record.issuedAt.milliseconds), \(record.expiresAt.milliseconds)
      )
      """
    )
  }

  package func revocationCount(of id: ClientID?) throws(StoreError) -> Int {
    try row(
      "SELECT count FROM revocation_counts WHERE client_id = \(id?.rawValue ?? "")",
      cached: true
    )?.value("count") ?? 0
  }

  package func expiredRevocationCount(of id: ClientID, at time: Timestamp) throws(StoreError) -> Int {
    try row(
      """
      SELECT count(*) AS count FROM revocations
      WHERE client_id = \(id.rawValue) AND expires_at < \(time.milliseconds)
      """
    )?.value("count") ?? 0
  }

  package func lastIssueOfRevoked(
    to id: ClientID,
    notExpiredAt time: Timestamp
  ) throws(StoreError) -> Timestamp? {
    try row(
      """
      SELECT max(issued_at) AS issued_at FROM revocations
      WHERE client_id = \(id.rawValue) AND expires_at >= \(time.milliseconds)
      """
    )?.optionalTime("issued_at")
  }

  package func deleteRevocations(of id: ClientID, expiredBefore time: Timestamp?) throws(StoreError) {
    try run(
      """
      DELETE FROM revocations
      WHERE client_id = \(id.rawValue) AND expires_at < \(time?.milliseconds ?? .max)
      """
    )
  }

  package func set(_ notBefore: ClientNotBefore) throws(StoreError) {
    try run(
      """
      INSERT OR REPLACE INTO client_not_befores (client_id, not_before, made_at, sequence) VALUES (
        \(notBefore.clientID.rawValue), \(notBefore.notBefore.milliseconds), \(notBefore.madeAt.milliseconds),
        \(notBefore.sequence)
      )
      """
    )
  }

  package func clientNotBefores(of ids: [ClientID]) throws(StoreError) -> [ClientNotBefore] {
    try rows(
      "SELECT * FROM client_not_befores WHERE client_id IN \(ids.map(\.rawValue)) ORDER BY sequence"
    ).map(ClientNotBefore.init(row:))
  }
}

extension RevocationRecord {
  /// By the order of the columns, which takes a fraction of the time that their names take.
  fileprivate init(row: Row) throws(StoreError) {
    let clientID: DatabaseValue = row[2]
    guard let sequence = Int64.fromDatabaseValue(row[0]), let bytes = Data.fromDatabaseValue(row[1]),
      let token = TokenID(bytes: bytes), let issuedAt = Int64.fromDatabaseValue(row[3]),
      let expiresAt = Int64.fromDatabaseValue(row[4])
    else { throw .unreadable("a revoked token") }
    let id = String.fromDatabaseValue(clientID).flatMap(ClientID.init)
    guard clientID.isNull || id != nil else { throw .unreadable("a revoked token") }
    self.init(
      sequence: sequence,
      token: token,
      clientID: id,
      issuedAt: Timestamp(milliseconds: issuedAt),
      expiresAt: Timestamp(milliseconds: expiresAt)
    )
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
