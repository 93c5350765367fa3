import Foundation
import GRDB
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

  package func insertRevocation(
    _ revocation: Revocation,
    limit: RevocationLimit,
    audit: AuditEvent
  ) async throws(StoreError) -> RevocationOutcome {
    try await write(for: .client(revocation.clientID)) { database in
      if let known = try database.revocation(of: revocation.token) { return .token(known) }
      let id = revocation.clientID
      if try !database.hasRoom(for: id, limit), let client = try database.client(id) {
        try database.execute(
          literal: """
            DELETE FROM revocations
            WHERE client_id = \(id.rawValue) AND expires_at < \(audit.time.milliseconds)
            """
        )
        if try !database.hasRoom(for: id, limit) {
          return .client(try database.takeOver(client, revocation, audit))
        }
      }
      let sequence = try database.record(audit, changed: .revocation(revocation.token))
      let record = RevocationRecord(sequence: sequence, revocation)
      try database.insert(record)
      return .token(record)
    }
  }

  @discardableResult
  package func removeRevocations(expiredBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try await write(for: .housekeeping) { database in
      try database.execute(
        literal: """
          DELETE FROM revocations WHERE sequence IN (
            SELECT sequence FROM revocations WHERE expires_at < \(time.milliseconds) LIMIT \(max(0, limit))
          )
          """
      )
      return database.changesCount
    }
  }
}

extension Database {
  fileprivate func revocation(of token: TokenID) throws -> RevocationRecord? {
    try revocations(
      "SELECT sequence, token, client_id, issued_at, expires_at FROM revocations WHERE token = \(Data(token.bytes))"
    ).first
  }

  /// The revocations that a query finds, which may be many.
  fileprivate func revocations(_ query: SQL) throws -> [RevocationRecord] {
    let rows = try Row.fetchCursor(self, SQLRequest(literal: query, cached: true))
    var records: [RevocationRecord] = []
    while let row = try rows.next() { records.append(try RevocationRecord(row: row)) }
    return records
  }

  fileprivate func insert(_ record: RevocationRecord) throws {
    try execute(
      literal: """
        INSERT INTO revocations (sequence, token, client_id, issued_at, expires_at) VALUES (
          \(record.sequence), \(Data(record.token.bytes)), \(record.clientID?.rawValue),
          \(record.issuedAt.milliseconds), \(record.expiresAt.milliseconds)
        )
        """
    )
  }

  private func revocationCount(of client: String) throws -> Int {
    try Int.fetchOne(
      self,
      SQLRequest(literal: "SELECT count FROM revocation_counts WHERE client_id = \(client)", cached: true)
    ) ?? 0
  }

  fileprivate func hasRoom(for id: ClientID, _ limit: RevocationLimit) throws -> Bool {
    limit.allowsAnother(
      ofClient: try revocationCount(of: id.rawValue),
      ofAll: try revocationCount(of: "")
    )
  }

  fileprivate func takeOver(
    _ client: Client,
    _ revocation: Revocation,
    _ audit: AuditEvent
  ) throws -> ClientNotBefore {
    let id = client.id.rawValue
    let last = try Int64.fetchOne(
      self,
      SQLRequest(literal: "SELECT max(issued_at) FROM revocations WHERE client_id = \(id)")
    )
    var client = client
    client.revokeTokens(
      issuedUntil: revocation.issuedAt,
      last.map(Timestamp.init(milliseconds:)) ?? revocation.issuedAt,
      at: audit.time
    )
    try overwriteClient(client)
    let event = audit.takenOver(by: client.id, from: try revocationCount(of: id) + 1)
    try execute(literal: "DELETE FROM revocations WHERE client_id = \(id)")
    let sequence = try record(event, changed: .client(client.id))
    // Also where it was as late before: when that was decided may be forgotten already.
    return try setNotBefore(client.notBefore, of: client.id, event, sequence)
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
