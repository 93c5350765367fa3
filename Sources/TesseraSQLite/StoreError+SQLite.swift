import GRDB
import TesseraCore

extension StoreError {
  /// What was thrown while reading or writing.
  ///
  /// The text has no value from the database in it.
  init(describing error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError: self = .unavailable(StoreError.text(of: error.resultCode))
    case is CancellationError: self = .unavailable("The call was cancelled")
    default: self = .unavailable("The database failed: \(type(of: error))")
    }
  }

  /// A row that no version of Tessera writes: it was damaged or altered by hand.
  static func unreadable(_ what: String) -> StoreError {
    .unavailable("The database holds \(what) that cannot be read. Restore it from a backup.")
  }

  private static func text(of code: ResultCode) -> String {
    switch code {
    case .SQLITE_BUSY, .SQLITE_LOCKED: "The database is kept locked by another process"
    case .SQLITE_FULL, .SQLITE_IOERR: "The database cannot be written or read: the disk is full or fails"
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: "The database file cannot be written"
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: "The database is damaged. Restore it from a backup."
    case .SQLITE_MISUSE: "The database is closed"
    default: "The database failed with SQLite code \(code)"
    }
  }
}
