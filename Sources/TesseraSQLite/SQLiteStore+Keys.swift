import Foundation
import GRDB
package import TesseraCore
import TesseraJOSE

extension SQLiteStore {
  package func keys() async throws(StoreError) -> [WrappedKey] {
    try await read { database in
      try database.rows("SELECT * FROM keys ORDER BY number").map(WrappedKey.init(row:))
    }
  }

  package func changeKeys(_ changes: [KeyChange]) async throws(StoreError) {
    try await write { database in
      for change in changes { try database.make(change) }
    }
  }
}

extension Database {
  /// Makes one change of a key and records it.
  func make(_ change: KeyChange) throws {
    switch change.kind {
    case .add(let key): try insertKey(key)
    case .move(let number, let expected, let time):
      guard let row = try row("SELECT activates_at FROM keys WHERE number = \(number)") else {
        throw StoreError.notFound("There is no key \(number)")
      }
      guard try row.time("activates_at") == expected else {
        throw StoreError.conflict("Key \(number) was changed meanwhile")
      }
      try execute(literal: "UPDATE keys SET activates_at = \(time.milliseconds) WHERE number = \(number)")
    case .remove(let number):
      try execute(literal: "DELETE FROM keys WHERE number = \(number)")
      guard changesCount == 1 else { throw StoreError.notFound("There is no key \(number)") }
    }
    try record(change.audit, changed: .keys)
  }

  /// Adds a key.
  ///
  /// Throws `conflict`.
  func insertKey(_ key: WrappedKey) throws {
    do {
      try execute(
        literal: """
          INSERT INTO keys (number, use, wrapped, created_at, activates_at) VALUES (
            \(key.number), \(key.use.description), \(Data(key.wrapped)), \(key.createdAt.milliseconds),
            \(key.activatesAt.milliseconds)
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
      use: try row.parsed("use", by: KeyUse.init),
      wrapped: try row.bytes("wrapped"),
      createdAt: try row.time("created_at"),
      activatesAt: try row.time("activates_at")
    )
  }
}
