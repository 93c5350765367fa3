import GRDB
import TesseraCore
import TesseraJOSE

extension Database {
  /// Adds to the transaction of a mutation the audit row that tells of it and a change row for each thing
  /// that others must read again.
  ///
  /// Returns the sequence number of the last.
  @discardableResult
  func record(_ event: AuditEvent, changed subjects: Change.Subject...) throws -> Int64 {
    try execute(
      literal: """
        INSERT INTO audit (time, actor, action, subject, details) VALUES (
          \(event.time.milliseconds), \(event.actor), \(event.action.rawValue), \(event.subject),
          \(try event.details.jsonText())
        )
        """
    )
    for subject in subjects {
      let columns = subject.columns
      try execute(
        literal: """
          INSERT INTO changes (made_at, kind, subject)
          VALUES (\(event.time.milliseconds), \(columns.kind), \(columns.subject))
          """
      )
    }
    return lastInsertedRowID
  }
}
