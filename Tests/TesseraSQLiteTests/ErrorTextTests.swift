import Foundation
import GRDB
import TesseraCore
import Testing

@testable import TesseraSQLite

@Suite("Errors in the words of an operator")
struct ErrorTextTests {
  @Test(
    "What SQLite reports while opening",
    arguments: [
      (ResultCode.SQLITE_CANTOPEN, SQLiteStoreError.Problem.notWritable),
      (.SQLITE_READONLY, .notWritable), (.SQLITE_READONLY_DIRECTORY, .notWritable),
      (.SQLITE_NOTADB, .notADatabase), (.SQLITE_CORRUPT, .damaged), (.SQLITE_FULL, .diskFull),
      (.SQLITE_IOERR_FSYNC, .diskFull), (.SQLITE_BUSY, .locked), (.SQLITE_NOMEM, .failed("out of memory")),
    ]
  )
  func openingProblem(code: ResultCode, problem: SQLiteStoreError.Problem) {
    let error = DatabaseError(resultCode: code, message: "out of memory", sql: "SELECT 'sql'")
    #expect(SQLiteStoreError(describing: error, path: "/p").problem == problem)
  }

  @Test(
    "What the operating system reports while making the file",
    arguments: [
      (ENOENT, SQLiteStoreError.Problem.directoryMissing), (ENOTDIR, .directoryMissing),
      (EACCES, .notWritable),
      (EROFS, .notWritable), (ENOSPC, .diskFull), (EDQUOT, .diskFull),
      (EMFILE, .failed("Too many open files")),
    ]
  )
  func fileProblem(reason: Int32, problem: SQLiteStoreError.Problem) {
    #expect(DatabaseFile.problem(reason) == problem)
  }

  @Test(
    "A text is one line that names the file",
    arguments: [
      SQLiteStoreError.Problem.directoryMissing, .notWritable, .notADatabase, .damaged, .foreignDatabase,
      .madeByNewerVersion, .diskFull, .locked, .failed("reason"),
    ]
  )
  func openingText(problem: SQLiteStoreError.Problem) {
    let text = SQLiteStoreError(problem, path: "/data/tessera.sqlite").description
    #expect(text.hasPrefix("Cannot open the database /data/tessera.sqlite: "))
    #expect(text.hasSuffix("."))
    #expect(!text.contains("\n"))
  }

  @Test(
    "What fails later is unavailable, and its text has nothing of the statement in it",
    arguments: [
      ResultCode.SQLITE_BUSY, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CORRUPT, .SQLITE_MISUSE,
      .SQLITE_CONSTRAINT, .SQLITE_ERROR,
    ]
  )
  func laterFailure(code: ResultCode) throws {
    let error = DatabaseError(
      resultCode: code,
      message: "MESSAGE",
      sql: "SELECT STATEMENT",
      arguments: ["ARGUMENT"]
    )
    guard case .unavailable(let text) = StoreError(describing: error) else {
      throw StoreError(describing: error)
    }
    #expect(!text.isEmpty)
    for part in ["MESSAGE", "STATEMENT", "ARGUMENT"] { #expect(!text.contains(part)) }
  }
}
