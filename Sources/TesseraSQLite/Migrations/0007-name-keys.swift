import GRDB
import TesseraCore

extension Migrations {
  /// What names of clients are compared by, see `Name.key`.
  ///
  /// Not unique: those that were registered as two names before stay two.
  @Sendable
  static func addNameKeys(_ database: Database) throws {
    try database.execute(sql: "ALTER TABLE clients ADD COLUMN name_key TEXT NOT NULL DEFAULT ''")
    let names = try Row.fetchCursor(database, sql: "SELECT id, name FROM clients")
    let update = try database.makeStatement(sql: "UPDATE clients SET name_key = ? WHERE id = ?")
    while let row = try names.next() {
      let (id, name): (String, String) = (try row.value("id"), try row.value("name"))
      try update.execute(arguments: [Name.key(of: name), id])
    }
    try database.execute(sql: "CREATE INDEX clients_by_name_key ON clients (name_key)")
  }
}
