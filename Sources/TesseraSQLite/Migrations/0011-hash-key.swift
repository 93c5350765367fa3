import GRDB

extension Migrations {
  /// The key of the secret hashes, once the master key was changed.
  @Sendable
  static func addSecretHashKey(_ database: Database) throws {
    try database.execute(sql: "ALTER TABLE server_state ADD COLUMN secret_hash_key BLOB")
  }
}
