import GRDB

extension Migrations {
  /// Whose revoked tokens they are, how many there are of each client and of all, and what finds old rows at once.
  ///
  /// Revocations are numbered by their place in the feed, which is what they are read by. Those from before there was a
  /// feed get places before it. The row of the empty text, which no client has as its ID, counts all. Triggers count,
  /// so that no way of adding or removing a revocation can forget to.
  @Sendable
  static func addRevocationsByClient(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE new_revocations (
          sequence INTEGER NOT NULL PRIMARY KEY,
          token BLOB NOT NULL UNIQUE,
          client_id TEXT,
          issued_at INTEGER NOT NULL DEFAULT 0,
          expires_at INTEGER NOT NULL
        );
        INSERT INTO new_revocations (sequence, token, expires_at)
          SELECT sequence, token, expires_at FROM revocations WHERE sequence > 0;
        INSERT INTO new_revocations (sequence, token, expires_at)
          SELECT -row_number() OVER (ORDER BY token), token, expires_at FROM revocations WHERE sequence <= 0;
        DROP TABLE revocations;
        ALTER TABLE new_revocations RENAME TO revocations;
        CREATE INDEX revocations_by_expiry ON revocations (expires_at);
        CREATE INDEX revocations_by_client ON revocations (client_id, expires_at);

        CREATE TABLE revocation_counts (
          client_id TEXT NOT NULL PRIMARY KEY,
          count INTEGER NOT NULL
        ) WITHOUT ROWID;
        INSERT INTO revocation_counts SELECT '', count(*) FROM revocations;
        CREATE TRIGGER revocation_added AFTER INSERT ON revocations BEGIN
          UPDATE revocation_counts SET count = count + 1 WHERE client_id = '';
          INSERT INTO revocation_counts SELECT NEW.client_id, 1 WHERE NEW.client_id IS NOT NULL
            ON CONFLICT DO UPDATE SET count = count + 1;
        END;
        CREATE TRIGGER revocation_removed AFTER DELETE ON revocations BEGIN
          UPDATE revocation_counts SET count = count - 1 WHERE client_id = '';
          UPDATE revocation_counts SET count = count - 1 WHERE client_id = OLD.client_id;
          DELETE FROM revocation_counts WHERE client_id = OLD.client_id AND count = 0;
        END;

        CREATE INDEX changes_by_time ON changes (made_at);
        CREATE INDEX audit_by_action ON audit (action, time);
        """
    )
  }
}
