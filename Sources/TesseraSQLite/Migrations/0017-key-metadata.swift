import GRDB

extension Migrations {
  /// What is registered of a client's keys.
  @Sendable
  static func addKeyMetadata(_ database: Database) throws {
    try database.execute(sql: "ALTER TABLE clients ADD COLUMN key_metadata TEXT NOT NULL DEFAULT '{}'")
  }
}
