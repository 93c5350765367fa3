extension Migration {
  /// Who answers for a client, its labels, and its quota.
  static let clientProperties = Migration(
    number: 7,
    oldestReader: 1,
    sql: """
      ALTER TABLE clients ADD COLUMN owner text;
      ALTER TABLE clients ADD COLUMN contact text;
      ALTER TABLE clients ADD COLUMN labels text NOT NULL DEFAULT '{}';
      ALTER TABLE clients ADD COLUMN quota bigint;
      ALTER TABLE clients ADD COLUMN quota_burst bigint;
      ALTER TABLE clients ADD COLUMN quota_log_only boolean NOT NULL DEFAULT false;
      """
  )
}
