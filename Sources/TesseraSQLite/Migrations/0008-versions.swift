import GRDB

extension Migrations {
  /// What an edit of a client or a resource says it is based on; those there are begin at 1.
  @Sendable
  static func addVersions(_ database: Database) throws {
    try database.execute(
      sql: """
        ALTER TABLE clients ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE resources ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
        """
    )
  }
}
