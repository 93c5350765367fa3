import GRDB

extension Migrations {
  /// The type that the JWTs for an API say they are of; that of RFC 9068 for the APIs there are.
  @Sendable
  static func addJWTType(_ database: Database) throws {
    try database.execute(sql: "ALTER TABLE resources ADD COLUMN jwt_type TEXT NOT NULL DEFAULT 'at+jwt'")
  }
}
