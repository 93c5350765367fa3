import Foundation
import GRDB
package import TesseraCore

extension SQLiteStore {
  package func revocations(expiringAfter time: Timestamp) async throws(StoreError) -> [Revocation] {
    try await read { database in
      try database.rows("SELECT * FROM revocations WHERE expires_at > \(time.milliseconds)")
        .map(Revocation.init(row:))
    }
  }

  package func revocation(of token: TokenID) async throws(StoreError) -> Revocation? {
    try await read { database in
      try database.row("SELECT * FROM revocations WHERE token = \(Data(token.bytes))")
        .map(Revocation.init(row:))
    }
  }

  package func insertRevocation(_ revocation: Revocation, audit: AuditEvent) async throws(StoreError) {
    try await write { database in
      try database.execute(
        literal: """
          INSERT INTO revocations (token, expires_at)
          VALUES (\(Data(revocation.token.bytes)), \(revocation.expiresAt.milliseconds))
          ON CONFLICT DO NOTHING
          """
      )
      guard database.changesCount == 1 else { return }
      try database.record(audit, changed: .revocation(revocation.token))
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

extension Revocation {
  fileprivate init(row: Row) throws(StoreError) {
    guard let token = TokenID(bytes: try row.bytes("token")) else { throw .unreadable("a revoked token") }
    self.init(token: token, expiresAt: try row.time("expires_at"))
  }
}
