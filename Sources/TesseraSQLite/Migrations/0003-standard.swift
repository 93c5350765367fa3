import GRDB

extension Migrations {
  /// Resources, which scopes named only so far; keys that sign; what clients get by default, their token format
  /// and claims; and the place of revocations in the feed of changes.
  ///
  /// Revocations from before have the place 0: every verifier hears of them first.
  @Sendable
  static func addStandardEndpoints(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE resources (
          uri TEXT NOT NULL PRIMARY KEY,
          description TEXT NOT NULL,
          token_format TEXT,
          signing_algorithm TEXT,
          created_at INTEGER NOT NULL,
          retired_at INTEGER
        ) WITHOUT ROWID;
        INSERT INTO resources (uri, description, created_at)
          SELECT resource, resource, min(created_at) FROM scopes GROUP BY resource;

        ALTER TABLE clients ADD COLUMN default_scopes TEXT NOT NULL DEFAULT '';
        ALTER TABLE clients ADD COLUMN token_format TEXT NOT NULL DEFAULT 'opaque';
        ALTER TABLE clients ADD COLUMN claims TEXT NOT NULL DEFAULT '{}';

        ALTER TABLE keys ADD COLUMN use TEXT NOT NULL DEFAULT 'sealing';

        ALTER TABLE revocations ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE client_not_befores (
          client_id TEXT NOT NULL PRIMARY KEY,
          not_before INTEGER NOT NULL,
          made_at INTEGER NOT NULL,
          sequence INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX client_not_befores_by_time ON client_not_befores (made_at);
        """
    )
  }
}
