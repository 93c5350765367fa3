import GRDB

extension Migrations {
  /// The first characters of secrets, how these were used, and from where requests of clients may come.
  ///
  /// Uses stand apart from the secrets, so that adding them leaves clients and their versions alone.
  @Sendable
  static func addSecretUses(_ database: Database) throws {
    try database.execute(
      sql: """
        ALTER TABLE client_secrets ADD COLUMN prefix TEXT;
        ALTER TABLE clients ADD COLUMN allowed_addresses TEXT NOT NULL DEFAULT '';

        CREATE TABLE secret_uses (
          client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
          secret TEXT NOT NULL,
          made_at INTEGER NOT NULL,
          last_used_at INTEGER NOT NULL,
          address TEXT,
          count INTEGER NOT NULL,
          PRIMARY KEY (client_id, secret)
        ) WITHOUT ROWID;
        """
    )
  }
}
