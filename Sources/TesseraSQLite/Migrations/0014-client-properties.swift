import GRDB

extension Migrations {
  /// Who answers for a client, its labels, and its quota.
  @Sendable
  static func addClientProperties(_ database: Database) throws {
    try database.execute(
      sql: """
        ALTER TABLE clients ADD COLUMN owner TEXT;
        ALTER TABLE clients ADD COLUMN contact TEXT;
        ALTER TABLE clients ADD COLUMN labels TEXT NOT NULL DEFAULT '{}';
        ALTER TABLE clients ADD COLUMN quota INTEGER;
        ALTER TABLE clients ADD COLUMN quota_burst INTEGER;
        ALTER TABLE clients ADD COLUMN quota_log_only INTEGER NOT NULL DEFAULT 0;
        """
    )
  }
}
