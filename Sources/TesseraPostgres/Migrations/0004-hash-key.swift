extension Migration {
  /// The key of the secret hashes, once the master key was changed.
  ///
  /// A version that does not know it works on as long as it was not, and then refuses the new master key.
  static let hashKey = Migration(
    number: 4,
    oldestReader: 1,
    sql: "ALTER TABLE server_state ADD COLUMN secret_hash_key bytea"
  )
}
