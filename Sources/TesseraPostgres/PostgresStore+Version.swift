import CLibPQ

extension PostgresStore {
  /// The version of libpq that this process runs on, which may be older or newer than the server's.
  package static var libraryVersion: String {
    let number = PQlibVersion()
    return "\(number / 10_000).\(number % 10_000)"
  }

  /// The number of the last step that brings a database to the present schema.
  package static var schemaVersion: Int { Migrations.all.map(\.number).max() ?? 0 }
}
