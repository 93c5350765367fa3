import GRDB

extension Migrations {
  /// What token requests came to, by hour: first by hour, so that what is written at once and what is removed at once lies
  /// together.
  ///
  /// `client_id` is empty for all of them together, and refers to no client, so that sums stay what they were.
  @Sendable
  static func addClientUsage(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE client_usage (
          hour INTEGER NOT NULL,
          client_id TEXT NOT NULL,
          kind TEXT NOT NULL,
          name TEXT NOT NULL,
          count INTEGER NOT NULL,
          PRIMARY KEY (hour, client_id, kind, name)
        ) WITHOUT ROWID;
        """
    )
  }
}
