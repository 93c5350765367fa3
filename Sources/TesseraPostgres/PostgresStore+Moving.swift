import CLibPQ
import TesseraCore
import TesseraSupport

extension PostgresStore {
  /// Reads and fills the database that a URL of this scheme names.
  static func mover(scheme: String) -> StoreMover {
    StoreMover(
      snapshot: { location, password throws(StoreOpeningError) in
        let (connection, place) = try session("\(scheme):\(location)", password, mayMake: false)
        return try opening(at: place) { () throws(StoreError) in try PostgresSnapshot(connection) }
      },
      writer: { location, password throws(StoreOpeningError) in
        let (connection, place) = try session("\(scheme):\(location)", password, mayMake: true)
        return try opening(at: place) { () throws(StoreError) in try PostgresWriter(connection) }
      }
    )
  }

  /// A session with a database whose schema is up to date.
  ///
  /// It waits for as long as a migration may take: a million rows are counted and compared.
  private static func session(
    _ url: String,
    _ password: StorePassword?,
    mayMake: Bool
  ) throws(StoreOpeningError) -> (Connection, place: String) {
    let ordinary = Limits()
    var patient = ordinary
    patient.answer = ordinary.migrating
    let (session, place): (Connection, String)
    do throws(ConnectionProblem) {
      let url = try ConnectionURL(url, passwordFile: password, limits: ordinary)
      (session, place) = (try Connection.open(url, limits: patient, clock: .system), url.place)
    } catch {
      throw .failed(error.description)
    }
    let outcome = try opening(at: place) { () throws(StoreError) in
      // Apart from the sessions of servers.
      try session.runSimple("SET application_name = 'tessera mover'")
      return try Migrations.run(on: session, mayMake: mayMake, limits: patient)
    }
    switch outcome {
    case .ready: return (session, place)
    case .absent: throw .absent
    case .unfit(let kind): throw .failed(ConnectionProblem(kind, at: place).description)
    }
  }

  private static func opening<Value>(
    at place: String,
    _ body: () throws(StoreError) -> Value
  ) throws(StoreOpeningError) -> Value {
    do throws(StoreError) {
      return try body()
    } catch {
      throw .failed(ConnectionProblem(.other(error.description), at: place).description)
    }
  }
}

/// A database as it was at one moment: a transaction that sees nothing newer.
private final class PostgresSnapshot: StoreSnapshot {
  let identity: String
  private let connection: Connection
  private let mark: [String]

  init(_ connection: Connection) throws(StoreError) {
    self.connection = connection
    identity = try connection.identity()
    try connection.runSimple("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    mark = try PostgresSnapshot.mark(connection)
  }

  /// What is different after any row was added, altered or removed: each has the number of its transaction.
  private static func mark(_ connection: Connection) throws(StoreError) -> [String] {
    var marks: [String] = []
    for kind in RecordKind.all {
      let row = try connection.row(
        Statement(
          stringLiteral: "SELECT concat(count(*), ' ', sum(xmin::text::bigint)) AS mark FROM \(kind.name)"
        )
      )
      guard let row else { throw .unreadable("no number of rows") }
      marks.append(try row.value("mark"))
    }
    return marks
  }

  var isInUse: Bool { get throws(StoreError) { try connection.isUsedByServers() } }

  func hasMovedOn() throws(StoreError) -> Bool {
    try connection.runSimple("COMMIT")
    return try PostgresSnapshot.mark(connection) != mark
  }

  func count(of kind: RecordKind) throws(StoreError) -> Int { try connection.count(of: kind) }

  func records(
    of kind: RecordKind,
    after record: StoreRecord?,
    limit: Int
  ) throws(StoreError) -> [StoreRecord] {
    try connection.records(of: kind, after: record, limit: limit)
  }
}

/// A database that is filled in one transaction.
///
/// It is let go by closing the connection, and then nothing was written.
private final class PostgresWriter: StoreWriter {
  let identity: String
  private let connection: Connection

  init(_ connection: Connection) throws(StoreError) {
    self.connection = connection
    identity = try connection.identity()
  }

  var isInUse: Bool { get throws(StoreError) { try connection.isUsedByServers() } }

  func begin() throws(StoreError) {
    try connection.runSimple(
      """
      BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
      SET LOCAL lock_timeout = \(Limits().answer);
      SELECT pg_advisory_xact_lock(\(Writer.lock))
      """
    )
  }

  func count(of kind: RecordKind) throws(StoreError) -> Int { try connection.count(of: kind) }

  func records(
    of kind: RecordKind,
    after record: StoreRecord?,
    limit: Int
  ) throws(StoreError) -> [StoreRecord] {
    try connection.records(of: kind, after: record, limit: limit)
  }

  func insert(_ records: [StoreRecord], of kind: RecordKind) throws(StoreError) {
    try connection.insert(records, of: kind)
  }

  func removeAll() throws(StoreError) {
    for kind in RecordKind.all.reversed() { try connection.runSimple("DELETE FROM \(kind.name)") }
  }

  func commit(recording event: AuditEvent?) throws(StoreError) {
    for (table, column) in [("audit", "number"), ("changes", "sequence")] {
      try connection.runSimple(
        """
        SELECT setval(sequence, greatest(last, nextval(sequence) - 1)) FROM
          (SELECT max(\(column)) AS last, pg_get_serial_sequence('\(table)', '\(column)') AS sequence FROM \(table))
          AS filled WHERE last > 0
        """
      )
    }
    if let event { _ = try connection.record(.filling(audit: event)) }
    // Or questions would be planned for empty tables until PostgreSQL looks at them by itself.
    for kind in RecordKind.all { try connection.runSimple("ANALYZE \(kind.name)") }
    guard try connection.runSimple("COMMIT").tag == "COMMIT" else {
      throw .unavailable("PostgreSQL did not commit")
    }
  }
}

extension Connection {
  /// Whether servers have sessions here, whose name is another than that of what moves stores.
  fileprivate func isUsedByServers() throws(StoreError) -> Bool {
    try row(
      """
      SELECT EXISTS (
        SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'tessera'
      ) AS is_in_use
      """
    )?.value("is_in_use") ?? false
  }

  /// What no other store has: the database and the schema in it, on a server since it was started.
  fileprivate func identity() throws(StoreError) -> String {
    let row = try row(
      """
      SELECT concat('postgres ', pg_postmaster_start_time(), ' ', oid, ' ', current_schema()) AS identity
      FROM pg_database WHERE datname = current_database()
      """
    )
    guard let row else { throw .unreadable("nothing about itself") }
    return try row.value("identity")
  }
}
