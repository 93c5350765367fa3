import Foundation
import GRDB
package import TesseraCore

extension SQLiteStore {
  package func revocations(expiringAfter time: Timestamp) async throws(StoreError) -> [RevocationRecord] {
    try await read { database in
      try database.rows(
        "SELECT * FROM revocations WHERE expires_at > \(time.milliseconds) ORDER BY sequence"
      ).map(RevocationRecord.init(row:))
    }
  }

  package func revocation(of token: TokenID) async throws(StoreError) -> RevocationRecord? {
    try await read { database in
      try database.row("SELECT * FROM revocations WHERE token = \(Data(token.bytes))")
        .map(RevocationRecord.init(row:))
    }
  }

  package func insertRevocation(_ revocation: Revocation, audit: AuditEvent) async throws(StoreError) {
    try await write { database in
      let token = Data(revocation.token.bytes)
      guard try database.row("SELECT 1 FROM revocations WHERE token = \(token)") == nil else { return }
      let sequence = try database.record(audit, changed: .revocation(revocation.token))
      try database.execute(
        literal: """
          INSERT INTO revocations (token, expires_at, sequence)
          VALUES (\(token), \(revocation.expiresAt.milliseconds), \(sequence))
          """
      )
    }
  }

  @discardableResult
  package func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int {
    try await write { database in
      try database.execute(literal: "DELETE FROM revocations WHERE expires_at < \(time.milliseconds)")
      return database.changesCount
    }
  }
}

extension RevocationRecord {
  fileprivate init(row: Row) throws(StoreError) {
    guard let token = TokenID(bytes: try row.bytes("token")) else { throw .unreadable("a revoked token") }
    self.init(
      sequence: try row.value("sequence"),
      revocation: Revocation(token: token, expiresAt: try row.time("expires_at"))
    )
  }
}
