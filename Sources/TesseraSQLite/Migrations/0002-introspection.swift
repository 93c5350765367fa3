import GRDB

extension Migrations {
  /// The APIs whose tokens a client may introspect, separated by spaces; none for the clients there are.
  @Sendable
  static func addIntrospectedResources(_ database: Database) throws {
    try database.execute(
      sql: "ALTER TABLE clients ADD COLUMN introspected_resources TEXT NOT NULL DEFAULT ''"
    )
  }
}
