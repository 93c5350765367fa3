import GRDB

extension SQLiteStore {
  /// The version of SQLite that this process runs on.
  package static var libraryVersion: String {
    let number = Database.sqliteLibVersionNumber
    return "\(number / 1_000_000).\(number / 1000 % 1000).\(number % 1000)"
  }

  /// The number of the last step that brings a database to the present schema.
  package static var schemaVersion: Int { Migrations.migrator.migrations.count }
}
