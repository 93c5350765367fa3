import GRDB

extension Migrations {
  /// What is kept of what one node does for all, and a way to the secrets that expire next.
  @Sendable
  static func addTaskRecords(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE task_records (
          task TEXT NOT NULL PRIMARY KEY,
          version INTEGER NOT NULL,
          state TEXT NOT NULL
        ) WITHOUT ROWID;

        CREATE INDEX client_secrets_by_expiry ON client_secrets (expires_at, client_id, name)
        WHERE expires_at IS NOT NULL;
        """
    )
  }
}
