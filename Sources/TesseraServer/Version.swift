import TesseraPostgres
import TesseraSQLite

/// The version of this software.
package enum Version {
  /// Semantic version (semver.org).
  package static let current = "0.2.0"

  /// What it was built as.
  package static var build: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  /// The version of Swift whose library it runs on.
  package static var swift: String { "\(_SwiftStdlibVersion.current)" }

  /// What it keeps data with: the name of a kind of store, the version of its library, and the number of the schema that
  /// this version makes.
  package static var stores: [(name: String, library: String, schema: Int)] {
    [
      ("SQLite", SQLiteStore.libraryVersion, SQLiteStore.schemaVersion),
      ("libpq", PostgresStore.libraryVersion, PostgresStore.schemaVersion),
    ]
  }
}
