import TesseraCore
import TesseraJOSE

extension Connection {
  /// The first row of what a statement returns; nil when there is none.
  func row(_ statement: Statement) throws(StoreError) -> Row? {
    try run(statement).first
  }

  /// Writes what a mutation comes to, in the transaction that has begun, and returns the number of its last change.
  @discardableResult
  func write(_ mutation: Mutation) throws(StoreError) -> Int64 {
    let sequence = try record(mutation.audit, changed: mutation.changes)
    for write in mutation.writes {
      switch write {
      case .insertClient(let client): try insert(client)
      case .updateClient(let client): try update(client)
      case .deleteClient(let id):
        // The foreign key takes the secrets along.
        try run("DELETE FROM clients WHERE id = \(id.rawValue)")
      case .setNotBefore(let id, let time): try set(mutation.notBefore(time, of: id, at: sequence))
      case .insertScope(let definition): try insert(definition)
      case .updateScope(let definition): try update(definition)
      case .insertResource(let definition): try insert(definition)
      case .updateResource(let definition): try update(definition)
      case .insertKey(let key): try insert(key)
      case .updateKey(let key):
        try run("UPDATE keys SET activates_at = \(key.activatesAt.milliseconds) WHERE number = \(key.number)")
      case .deleteKey(let number): try run("DELETE FROM keys WHERE number = \(number)")
      case .setServerState(let state): try set(state)
      case .insertRevocation(let revocation):
        try insert(RevocationRecord(sequence: sequence, revocation))
      case .deleteRevocations(let id, let time):
        try run(
          """
          DELETE FROM revocations
          WHERE client_id = \(id.rawValue) AND expires_at < \(time?.milliseconds ?? .max)
          """
        )
      }
    }
    return sequence
  }

  /// Writes several, in their order.
  func write(_ mutations: [Mutation]) throws(StoreError) {
    for mutation in mutations { try write(mutation) }
  }

  private func record(_ event: AuditEvent, changed subjects: [Change.Subject]) throws(StoreError) -> Int64 {
    try run(
      """
      INSERT INTO audit (time, actor, action, subject, details, client_name_key) VALUES (
        \(event.time.milliseconds), \(event.actor), \(event.action.rawValue), \(event.subject),
        \(try event.details.jsonText()), \(event.clientName.map(Name.key(of:)))
      )
      """
    )
    var sequence: Int64 = 0
    for subject in subjects {
      let columns = subject.columns
      let inserted = try row(
        """
        INSERT INTO changes (made_at, kind, subject)
        VALUES (\(event.time.milliseconds), \(columns.kind), \(columns.subject)) RETURNING sequence
        """
      )
      guard let inserted else { throw .unreadable("no number of a change") }
      sequence = try inserted.value("sequence")
    }
    return sequence
  }
}
