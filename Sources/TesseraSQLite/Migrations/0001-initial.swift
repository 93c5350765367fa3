import GRDB

extension Migrations {
  /// Times are in milliseconds since 1970.
  ///
  /// Lists that belong to one client are one text, separated by spaces, in their order. `audit` and `changes`
  /// number their rows by the rowid, which never goes back because the newest row is never removed.
  @Sendable
  static func createInitialSchema(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE clients (
          id TEXT NOT NULL PRIMARY KEY,
          name TEXT NOT NULL UNIQUE,
          grant_types TEXT NOT NULL,
          scopes TEXT NOT NULL,
          authentication_method TEXT,
          token_lifetime INTEGER,
          enabled INTEGER NOT NULL,
          tokens_not_before INTEGER,
          created_at INTEGER NOT NULL,
          updated_at INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE client_secrets (
          client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
          position INTEGER NOT NULL,
          name TEXT NOT NULL,
          hash_kind TEXT NOT NULL,
          salt BLOB,
          digest BLOB NOT NULL,
          created_at INTEGER NOT NULL,
          expires_at INTEGER,
          PRIMARY KEY (client_id, position),
          UNIQUE (client_id, name)
        ) WITHOUT ROWID;

        CREATE TABLE scopes (
          name TEXT NOT NULL PRIMARY KEY,
          description TEXT NOT NULL,
          resource TEXT NOT NULL,
          created_at INTEGER NOT NULL,
          retired_at INTEGER
        ) WITHOUT ROWID;

        CREATE TABLE keys (
          number INTEGER NOT NULL PRIMARY KEY,
          wrapped BLOB NOT NULL,
          created_at INTEGER NOT NULL,
          activates_at INTEGER NOT NULL
        );

        CREATE TABLE revocations (
          token BLOB NOT NULL PRIMARY KEY,
          expires_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX revocations_by_expiry ON revocations (expires_at);

        CREATE TABLE audit (
          number INTEGER NOT NULL PRIMARY KEY,
          time INTEGER NOT NULL,
          actor TEXT NOT NULL,
          action TEXT NOT NULL,
          subject TEXT NOT NULL,
          details TEXT NOT NULL
        );
        CREATE INDEX audit_by_subject ON audit (subject);

        CREATE TABLE changes (
          sequence INTEGER NOT NULL PRIMARY KEY,
          made_at INTEGER NOT NULL,
          kind TEXT NOT NULL,
          subject TEXT
        );

        CREATE TABLE server_state (
          only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
          master_key_check BLOB NOT NULL,
          tokens_not_before INTEGER,
          initialised_at INTEGER NOT NULL
        );
        """
    )
  }
}
