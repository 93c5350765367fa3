import GRDB

extension Migrations {
  /// When clients were used last, and when each task that one process does for all was last begun.
  ///
  /// Uses stand apart from the clients, so that noting them leaves those and their versions alone.
  @Sendable
  static func addUsesAndTurns(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE client_uses (
          client_id TEXT NOT NULL PRIMARY KEY REFERENCES clients (id) ON DELETE CASCADE,
          last_used_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX client_uses_by_time ON client_uses (last_used_at, client_id);

        CREATE TABLE turns (
          task TEXT NOT NULL PRIMARY KEY,
          holder TEXT NOT NULL,
          begun_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        """
    )
  }
}
