import GRDB
import TesseraCore

extension Database {
  /// Adds to the transaction of a mutation the audit row that tells of it and a change row for each thing
  /// that others must read again.
  func record(_ event: AuditEvent, changed subjects: Change.Subject...) throws {
    try execute(
      literal: """
        INSERT INTO audit (time, actor, action, subject, details) VALUES (
          \(event.time.milliseconds), \(event.actor), \(event.action.rawValue), \(event.subject),
          \(try event.detailsText())
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
  }
}
