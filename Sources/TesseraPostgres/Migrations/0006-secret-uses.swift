extension Migration {
  /// The first characters of secrets, how these were used, and from where requests of clients may come.
  ///
  /// Uses stand apart from the secrets, so that adding them leaves clients and their versions alone.
  static let secretUses = Migration(
    number: 6,
    oldestReader: 1,
    sql: """
      ALTER TABLE client_secrets ADD COLUMN prefix text;
      ALTER TABLE clients ADD COLUMN allowed_addresses text NOT NULL DEFAULT '';

      CREATE TABLE secret_uses (
        client_id text COLLATE "C" NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
        secret text COLLATE "C" NOT NULL,
        made_at bigint NOT NULL,
        last_used_at bigint NOT NULL,
        address text,
        count bigint NOT NULL,
        PRIMARY KEY (client_id, secret)
      );
      """
  )
}
