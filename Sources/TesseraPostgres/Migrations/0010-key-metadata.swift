extension Migration {
  /// What is registered of a client's keys.
  static let keyMetadata = Migration(
    number: 10,
    oldestReader: 1,
    sql: "ALTER TABLE clients ADD COLUMN key_metadata text NOT NULL DEFAULT '{}'"
  )
}
