import GRDB
import TesseraCore

/// Why a database could not be opened.
///
/// Its text is one line that tells an operator what to do.
package struct SQLiteStoreError: Error, Sendable, Equatable {
  /// The kinds of problem there are.
  package enum Problem: Sendable, Equatable {
    /// The directory of the file does not exist.
    case directoryMissing
    /// The file or its directory cannot be written.
    case notWritable
    /// The file is something else.
    case notADatabase
    /// The file was a database.
    case damaged
    /// The file is a database of another program.
    case foreignDatabase
    /// A migration was run on it that this version does not know.
    case madeByNewerVersion
    /// There is no room left, or the disk fails.
    case diskFull
    /// Another process keeps it locked.
    case locked
    /// Anything else, in the words of SQLite or the operating system.
    case failed(String)
  }

  /// The kind of problem.
  package let problem: Problem
  /// The file.
  package let path: String

  init(_ problem: Problem, path: String) {
    self.problem = problem
    self.path = path
  }

  /// What was thrown while opening this file.
  init(describing error: any Error, path: String) {
    switch error {
    case let error as SQLiteStoreError: self = error
    case let error as DatabaseError: self.init(Problem(error), path: path)
    default: self.init(.failed(String(describing: type(of: error))), path: path)
    }
  }
}

extension SQLiteStoreError.Problem {
  fileprivate init(_ error: DatabaseError) {
    self =
      switch error.resultCode {
      case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .notWritable
      case .SQLITE_NOTADB: .notADatabase
      case .SQLITE_CORRUPT: .damaged
      case .SQLITE_FULL, .SQLITE_IOERR: .diskFull
      case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
      default: .failed(error.message ?? error.resultCode.description)
      }
  }
}

extension SQLiteStoreError: CustomStringConvertible {
  package var description: String {
    let advice =
      switch problem {
      case .directoryMissing: "its directory does not exist. Create it, or choose another path."
      case .notWritable:
        "it cannot be written. Give the user that runs Tessera write access to the file and its directory."
      case .notADatabase: "it is not an SQLite database. Move it away, or choose another path."
      case .damaged: "it is damaged. Restore it from a backup."
      case .foreignDatabase: "it belongs to another program. Choose another path."
      case .madeByNewerVersion: "it was made by a newer version of Tessera. Run that version."
      case .diskFull: "the disk is full or fails. Make room, or check the disk."
      case .locked: "another process keeps it locked. Stop that process."
      case .failed(let text): "\(text)."
      }
    return "Cannot open the database \(path): \(advice)"
  }
}

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
