package import GRDB
package import TesseraCore
import TesseraJOSE

extension Database: RowTransaction {
  package func record(
    _ event: AuditEvent,
    changed subjects: [Change.Subject]
  ) throws(StoreError) -> Int64 {
    try run(
      """
      INSERT INTO audit (time, actor, action, subject, details) VALUES (
        \(event.time.milliseconds), \(event.actor), \(event.action.rawValue), \(event.subject),
        \(try event.details.jsonText())
      )
      """
    )
    for subject in subjects {
      let columns = subject.columns
      try run(
        """
        INSERT INTO changes (made_at, kind, subject)
        VALUES (\(event.time.milliseconds), \(columns.kind), \(columns.subject))
        """
      )
    }
    return lastInsertedRowID
  }
}
