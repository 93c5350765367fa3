extension Migration {
  /// When clients were used last, and when each task that one node does for all was last begun.
  ///
  /// Uses stand apart from the clients, so that noting them leaves those and their versions alone.
  static let usesAndTurns = Migration(
    number: 3,
    oldestReader: 1,
    sql: """
      CREATE TABLE client_uses (
        client_id text COLLATE "C" PRIMARY KEY REFERENCES clients (id) ON DELETE CASCADE,
        last_used_at bigint NOT NULL
      );
      CREATE INDEX client_uses_by_time ON client_uses (last_used_at, client_id);

      CREATE TABLE turns (
        task text COLLATE "C" PRIMARY KEY,
        holder text NOT NULL,
        begun_at bigint NOT NULL
      );
      """
  )
}
