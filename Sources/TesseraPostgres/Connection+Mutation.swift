package import TesseraCore
import TesseraJOSE

extension Connection: RowTransaction {
  /// The first row of what a statement returns; nil when there is none.
  func row(_ statement: Statement) throws(StoreError) -> Row? {
    try run(statement).first
  }

  package func record(
    _ event: AuditEvent,
    changed subjects: [Change.Subject]
  ) throws(StoreError) -> Int64 {
    try insert([event])
    return try insert(subjects.map { ($0, event) }).last ?? 0
  }

  /// Writes several, in their order; those that take back the tokens of many clients by a few statements for all.
  package func write(_ mutations: [Mutation]) throws(StoreError) {
    guard mutations.count > 1, mutations.allSatisfy(\.onlyTakesTokensBack) else {
      for mutation in mutations { try write(mutation) }
      return
    }
    try insert(mutations.map(\.audit))
    let changes = mutations.flatMap { mutation in mutation.changes.map { ($0, mutation.audit) } }
    var sequences = try insert(changes)[...]
    var clients: [Client] = []
    var notBefores: [ClientNotBefore] = []
    for mutation in mutations {
      let sequence = sequences.prefix(mutation.changes.count).last ?? 0
      sequences = sequences.dropFirst(mutation.changes.count)
      for write in mutation.writes {
        if case .updateTokensNotBefore(let client) = write { clients.append(client) }
        if case .setNotBefore(let id, let time) = write {
          notBefores.append(mutation.notBefore(time, of: id, at: sequence))
        }
      }
    }
    try updateTokensNotBefore(of: clients)
    try set(notBefores)
  }

  private func insert(_ events: [AuditEvent]) throws(StoreError) {
    try run(
      """
      INSERT INTO audit (time, actor, action, subject, details, client_name_key)
      SELECT time, actor, action, subject, details, client_name_key FROM unnest(
        \(events.map { String($0.time.milliseconds) })::bigint[], \(events.map(\.actor))::text[],
        \(events.map(\.action.rawValue))::text[], \(events.map(\.subject))::text[],
        \(try events.map { event throws(StoreError) in try event.details.jsonText() })::text[],
        \(events.map { $0.clientName.map(Name.key(of:)) })::text[]
      ) WITH ORDINALITY AS new (time, actor, action, subject, details, client_name_key, place)
      ORDER BY place
      """
    )
  }

  /// Adds to the feed, each with the event that tells of it, and returns their numbers.
  private func insert(_ changes: [(Change.Subject, AuditEvent)]) throws(StoreError) -> [Int64] {
    // A number is drawn for each row when it is inserted, which is in this order.
    let inserted = try run(
      """
      INSERT INTO changes (made_at, kind, subject)
      SELECT made_at, kind, subject FROM unnest(
        \(changes.map { String($0.1.time.milliseconds) })::bigint[], \(changes.map(\.0.columns.kind))::text[],
        \(changes.map(\.0.columns.subject))::text[]
      ) WITH ORDINALITY AS new (made_at, kind, subject, place)
      ORDER BY place
      RETURNING sequence
      """
    )
    return try inserted.map { row throws(StoreError) in try row.value("sequence") }
  }
}

extension Mutation {
  /// Whether all that it writes is from when the tokens of clients are active.
  fileprivate var onlyTakesTokensBack: Bool {
    writes.allSatisfy { write in
      switch write {
      case .updateTokensNotBefore, .setNotBefore: true
      default: false
      }
    }
  }
}
