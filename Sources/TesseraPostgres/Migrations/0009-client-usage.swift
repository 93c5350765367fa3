extension Migration {
  /// What token requests came to, by hour: first by hour, so that what is written at once and what is removed at once lies
  /// together.
  ///
  /// `client_id` is empty for all of them together, and refers to no client, so that sums stay what they were.
  static let clientUsage = Migration(
    number: 9,
    oldestReader: 1,
    sql: """
      CREATE TABLE client_usage (
        hour bigint NOT NULL,
        client_id text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        count bigint NOT NULL,
        PRIMARY KEY (hour, client_id, kind, name)
      );
      """
  )
}
