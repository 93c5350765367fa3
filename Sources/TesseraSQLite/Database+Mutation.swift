import GRDB
import TesseraCore
import TesseraJOSE

extension Database {
  /// Writes what a mutation comes to, in the transaction that has begun, and returns the number of its last change.
  @discardableResult
  func write(_ mutation: Mutation) throws -> Int64 {
    let sequence = try record(mutation.audit, changed: mutation.changes)
    for write in mutation.writes {
      switch write {
      case .insertClient(let client): try insert(client)
      case .updateClient(let client): try update(client)
      case .deleteClient(let id):
        // The foreign key takes the secrets along.
        try execute(literal: "DELETE FROM clients WHERE id = \(id.rawValue)")
      case .setNotBefore(let id, let time): try set(mutation.notBefore(time, of: id, at: sequence))
      case .insertScope(let definition): try insert(definition)
      case .updateScope(let definition): try update(definition)
      case .insertResource(let definition): try insert(definition)
      case .updateResource(let definition): try update(definition)
      case .insertKey(let key): try insert(key)
      case .updateKey(let key):
        try execute(
          literal:
            "UPDATE keys SET activates_at = \(key.activatesAt.milliseconds) WHERE number = \(key.number)"
        )
      case .deleteKey(let number): try execute(literal: "DELETE FROM keys WHERE number = \(number)")
      case .setServerState(let state): try set(state)
      case .insertRevocation(let revocation):
        try insert(RevocationRecord(sequence: sequence, revocation))
      case .deleteRevocations(let id, let time):
        try execute(
          literal: """
            DELETE FROM revocations
            WHERE client_id = \(id.rawValue) AND expires_at < \(time?.milliseconds ?? .max)
            """
        )
      }
    }
    return sequence
  }

  /// Writes several, in their order.
  func write(_ mutations: [Mutation]) throws {
    for mutation in mutations { try write(mutation) }
  }

  private func record(_ event: AuditEvent, changed subjects: [Change.Subject]) throws -> Int64 {
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
