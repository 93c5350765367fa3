import Foundation
import GRDB
package import TesseraCore

extension SQLiteStore {
  package func keys() async throws(StoreError) -> [WrappedKey] {
    try await read { database in
      try database.rows("SELECT * FROM keys ORDER BY number").map(WrappedKey.init(row:))
    }
  }

  package func insertKey(_ key: WrappedKey, audit: AuditEvent) async throws(StoreError) {
    try await write { database in
      try database.insertKey(key)
      try database.record(audit, changed: .keys)
    }
  }
}

extension Database {
  /// Adds a key.
  ///
  /// Throws `conflict`.
  func insertKey(_ key: WrappedKey) throws {
    do {
      try execute(
        literal: """
          INSERT INTO keys (number, wrapped, created_at, activates_at) VALUES (
            \(key.number), \(Data(key.wrapped)), \(key.createdAt.milliseconds), \(key.activatesAt.milliseconds)
          )
          """
      )
    } catch DatabaseError.SQLITE_CONSTRAINT_PRIMARYKEY {
      throw StoreError.conflict("There is a key \(key.number) already")
    }
  }
}

extension WrappedKey {
  fileprivate init(row: Row) throws(StoreError) {
    self.init(
      number: try row.value("number"),
      wrapped: try row.bytes("wrapped"),
      createdAt: try row.time("created_at"),
      activatesAt: try row.time("activates_at")
    )
  }
}
