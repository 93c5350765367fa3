import Foundation
package import GRDB
package import TesseraCore
import TesseraJOSE

extension Database: RowTransaction {
  package func record(_ mutation: Mutation) throws(StoreError) -> Int64 {
    let last: Int64? = try row("SELECT max(number) AS number FROM audit", cached: true)?
      .optionalValue("number")
    let earlier = try auditHash(of: mutation.audit.action.chain)
    let record = mutation.record(numbered: (last ?? 0) + 1, after: earlier)
    let event = record.event
    try run(
      """
      INSERT INTO audit (number, time, actor, address, action, subject, details, differences, chain, hash) VALUES (
        \(record.number), \(event.time.milliseconds), \(event.actor), \(event.address), \(event.action.rawValue),
        \(event.subject), \(try event.details.jsonText()), \(try record.differences.jsonText()),
        \(record.chain.rawValue), \(Data(record.hash))
      )
      """
    )
    for subject in mutation.changes {
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

  package func lastAuditHash(of chain: AuditChain) throws(StoreError) -> [UInt8]? {
    try row(
      "SELECT hash FROM audit WHERE chain = \(chain.rawValue) ORDER BY number DESC LIMIT 1",
      cached: true
    )?.bytes("hash")
  }

  package func auditMark(named name: String) throws(StoreError) -> AuditMark? {
    try row("SELECT * FROM audit_marks WHERE name = \(name)").map { row throws(StoreError) in
      try AuditMark(row: row)
    }
  }

  package func set(_ mark: AuditMark) throws(StoreError) {
    try run(
      """
      INSERT OR REPLACE INTO audit_marks (name, statement, signature)
      VALUES (\(mark.name), \(mark.statement), \(Data(mark.signature)))
      """
    )
  }

  package func deleteAuditRecords(of chain: AuditChain, through number: Int64) throws(StoreError) -> Int {
    try run("DELETE FROM audit WHERE chain = \(chain.rawValue) AND number <= \(number)")
    return changesCount
  }
}
