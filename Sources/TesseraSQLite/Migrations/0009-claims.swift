import GRDB

extension Migrations {
  /// What can be used once, by digest.
  ///
  /// A period has a table of its own as soon as room was made for it, see `ClaimTables`; what is claimed without is in
  /// `claims_rest`, and the view `claims` has all.
  @Sendable
  static func addClaims(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE claims_rest (
          digest BLOB NOT NULL PRIMARY KEY,
          expires_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE VIEW claims AS SELECT digest, expires_at FROM claims_rest;
        """
    )
  }
}
