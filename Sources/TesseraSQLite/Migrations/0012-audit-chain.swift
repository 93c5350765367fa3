import GRDB

extension Migrations {
  /// Where and what of each record, the chain it is in, and what is signed about the chains.
  ///
  /// Those from before are in no chain, so nothing protects them.
  @Sendable
  static func addAuditChain(_ database: Database) throws {
    try database.execute(
      sql: """
        ALTER TABLE audit ADD COLUMN address TEXT;
        ALTER TABLE audit ADD COLUMN differences TEXT NOT NULL DEFAULT '{}';
        ALTER TABLE audit ADD COLUMN chain TEXT NOT NULL DEFAULT '';
        ALTER TABLE audit ADD COLUMN hash BLOB NOT NULL DEFAULT x'';
        CREATE INDEX audit_by_chain ON audit (chain, number);

        CREATE TABLE audit_marks (
          name TEXT NOT NULL PRIMARY KEY,
          statement TEXT NOT NULL,
          signature BLOB NOT NULL
        ) WITHOUT ROWID;
        """
    )
  }
}
