package import TesseraCore
import TesseraPostgres
import TesseraSQLite

extension [StoreOpener] {
  /// Every kind of store that a server can run on: one line each.
  package static let all = [SQLiteStore.opener] + PostgresStore.openers
  /// The same for a process that does one thing and ends.
  package static let ofCommands = [SQLiteStore.patientOpener] + PostgresStore.openers
}
