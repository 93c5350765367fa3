extension Migration {
  /// What can be used once, by digest; and revocations by when their token expires, so that both are forgotten by
  /// dropping a partition (`ExpiringTable`).
  ///
  /// What was revoked is in the rest at first. A token has one expiry, so that no token and no place in the feed is there
  /// twice. A digest is unique within a partition, whose key it is. For a version that knows one table of revocations
  /// there still is one.
  static let periods = Migration(
    number: 2,
    oldestReader: 1,
    sql: """
      CREATE TABLE claims (digest bytea NOT NULL, expires_at bigint NOT NULL) PARTITION BY RANGE (expires_at);
      CREATE TABLE claims_rest PARTITION OF claims (PRIMARY KEY (digest)) DEFAULT;

      ALTER TABLE revocations RENAME TO earlier_revocations;
      CREATE TABLE revocations (
        sequence bigint NOT NULL,
        token bytea NOT NULL,
        client_id text COLLATE "C",
        issued_at bigint NOT NULL,
        expires_at bigint NOT NULL,
        CONSTRAINT revocations_by_sequence PRIMARY KEY (sequence, expires_at),
        CONSTRAINT revocations_by_token UNIQUE (token, expires_at)
      ) PARTITION BY RANGE (expires_at);
      CREATE INDEX revocations_of_client ON revocations (client_id, expires_at);
      CREATE TABLE revocations_rest PARTITION OF revocations DEFAULT;
      INSERT INTO revocations (sequence, token, client_id, issued_at, expires_at)
        SELECT sequence, token, client_id, issued_at, expires_at FROM earlier_revocations;
      DROP TABLE earlier_revocations;

      CREATE TRIGGER revocations_added AFTER INSERT ON revocations
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION tessera_count_added();
      CREATE TRIGGER revocations_removed AFTER DELETE ON revocations
        REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION tessera_count_removed();
      """
  )
}
