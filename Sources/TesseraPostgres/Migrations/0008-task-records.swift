extension Migration {
  /// What is kept of what one node does for all, and a way to the secrets that expire next.
  static let taskRecords = Migration(
    number: 8,
    oldestReader: 1,
    sql: """
      CREATE TABLE task_records (
        task text COLLATE "C" PRIMARY KEY,
        version bigint NOT NULL,
        state text NOT NULL
      );

      CREATE INDEX client_secrets_by_expiry ON client_secrets (expires_at, client_id, name)
      WHERE expires_at IS NOT NULL;
      """
  )
}
