package import TesseraCore
import TesseraJOSE

extension Connection: RowTransaction {
  /// The first row of what a statement returns; nil when there is none.
  func row(_ statement: Statement) throws(StoreError) -> Row? {
    try run(statement).first
  }

  package func record(_ mutation: Mutation) throws(StoreError) -> Int64 {
    try insert([mutation])
    return try insert(mutation.changes.map { ($0, mutation.audit) }).last ?? 0
  }

  /// Writes several, in their order; those that take back the tokens of many clients by a few statements for all.
  package func write(_ mutations: [Mutation]) throws(StoreError) {
    guard mutations.count > 1, mutations.allSatisfy(\.onlyTakesTokensBack) else {
      for mutation in mutations { try write(mutation) }
      return
    }
    try insert(mutations)
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

  /// Adds audit rows, each after the one before it in its chain.
  private func insert(_ mutations: [Mutation]) throws(StoreError) {
    // Numbers are drawn where versions that know no chain draw theirs.
    let drawn = try run(
      """
      SELECT nextval(pg_get_serial_sequence('audit', 'number')) AS number,
        (SELECT hash FROM audit WHERE chain = 'administration' ORDER BY number DESC LIMIT 1) AS administration,
        (SELECT hash FROM audit WHERE chain = 'revocations' ORDER BY number DESC LIMIT 1) AS revocations
      FROM generate_series(1, \(mutations.count))
      """
    )
    var last: [AuditChain: [UInt8]] = [:]
    var records: [AuditRecord] = []
    for (index, mutation) in mutations.enumerated() {
      let row = drawn[index]
      let chain = mutation.audit.action.chain
      var earlier = last[chain]
      if earlier == nil { earlier = try row.optionalValue(chain.rawValue) }
      if earlier == nil { earlier = try anchoredAuditHash(of: chain) }
      let record = mutation.record(numbered: try row.value("number"), after: earlier ?? AuditChain.start)
      last[chain] = record.hash
      records.append(record)
    }
    try run(
      """
      INSERT INTO audit (
        number, time, actor, address, action, subject, details, differences, chain, hash, client_name_key
      )
      SELECT number, time, actor, address, action, subject, details, differences, chain, decode(hash, 'hex'),
        client_name_key
      FROM unnest(
        \(records.map { String($0.number) })::bigint[],
        \(records.map { String($0.event.time.milliseconds) })::bigint[], \(records.map(\.event.actor))::text[],
        \(records.map(\.event.address))::text[], \(records.map(\.event.action.rawValue))::text[],
        \(records.map(\.event.subject))::text[],
        \(try records.map { record throws(StoreError) in try record.event.details.jsonText() })::text[],
        \(try records.map { record throws(StoreError) in try record.differences.jsonText() })::text[],
        \(records.map(\.chain.rawValue))::text[], \(records.map(\.hash.hexadecimal))::text[],
        \(records.map { $0.event.clientName.map(Name.key(of:)) })::text[]
      ) AS new (
        number, time, actor, address, action, subject, details, differences, chain, hash, client_name_key
      )
      """
    )
  }

  package func lastAuditHash(of chain: AuditChain) throws(StoreError) -> [UInt8]? {
    try row("SELECT hash FROM audit WHERE chain = \(chain.rawValue) ORDER BY number DESC LIMIT 1")?
      .value("hash")
  }

  package func auditMark(named name: String) throws(StoreError) -> AuditMark? {
    try row("SELECT name, statement, signature FROM audit_marks WHERE name = \(name)")
      .map { row throws(StoreError) in try AuditMark(row: row) }
  }

  package func set(_ mark: AuditMark) throws(StoreError) {
    try run(
      """
      INSERT INTO audit_marks (name, statement, signature) VALUES (\(mark.name), \(mark.statement), \(mark.signature))
      ON CONFLICT (name) DO UPDATE SET statement = excluded.statement, signature = excluded.signature
      """
    )
  }

  package func deleteAuditRecords(of chain: AuditChain, through number: Int64) throws(StoreError) -> Int {
    try run("DELETE FROM audit WHERE chain = \(chain.rawValue) AND number <= \(number)").affected
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
