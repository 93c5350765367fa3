import GRDB

/// The mark in the file's header that tells our databases from those of other programs.
enum DatabaseIdentity {
  /// `Tess` in ASCII.
  static let applicationID: Int32 = 0x5465_7373

  /// Marks an empty database as ours.
  ///
  /// Throws when it is neither empty nor marked.
  ///
  /// The transaction is immediate, so of several processes that open a new file one marks it and the others
  /// see the mark, and a file that cannot be written is noticed here.
  static func claim(_ database: Database, path: String) throws {
    try database.inTransaction(.immediate) {
      let found = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
      if found != applicationID {
        guard found == 0, try isEmpty(database) else {
          throw SQLiteStoreError(.foreignDatabase, path: path)
        }
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      }
      return .commit
    }
  }

  private static func isEmpty(_ database: Database) throws -> Bool {
    try Row.fetchOne(database, sql: "SELECT 1 FROM sqlite_master LIMIT 1") == nil
  }
}
