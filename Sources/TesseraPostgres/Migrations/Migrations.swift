import TesseraCore

/// One step that brings a database to the present schema.
struct Migration: Sendable {
  /// Its place in the order.
  let number: Int
  /// The last step that a version of Tessera must know to work on the database after this one.
  ///
  /// Versions stand side by side on one database while nodes are replaced. So a step adds, and what it takes the place
  /// of goes with a later one, when no version that needs it runs any more.
  let oldestReader: Int
  let sql: String
}

/// The steps in order.
///
/// A step that was released is never changed: a new one is added.
enum Migrations {
  /// What came of it.
  enum Outcome: Equatable {
    case ready
    /// There are no tables, and none were to be made.
    case absent
    /// This version cannot work on the database.
    case unfit(ConnectionProblem.Kind)
  }

  static let all: [Migration] = [
    .initial, .periods, .usesAndTurns, .hashKey, .auditChain, .secretUses, .clientProperties, .taskRecords,
    .clientUsage, .keyMetadata,
  ]
  /// What listeners listen to: part of the schema.
  static let channel = "tessera_changes"
  /// The key of the lock that those take who change the schema: one after that of the writers.
  private static let lock = Writer.lock + 1

  /// Runs the steps that were not run yet, all or none.
  ///
  /// Of several nodes that do so at once, one waits for the other.
  static func run(on connection: Connection, mayMake: Bool, limits: Limits) throws(StoreError) -> Outcome {
    let schema = try Schema(of: connection)
    if let refusal = schema.refusal(mayMake: mayMake) { return refusal }
    guard schema.isOld else { return .ready }
    guard schema.mayCreate else { return .unfit(.noRights) }
    try connection.runSimple(
      """
      BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
      SET LOCAL statement_timeout = \(limits.migrating);
      SET LOCAL lock_timeout = \(limits.migrating);
      SELECT pg_advisory_xact_lock(\(lock))
      """,
      within: limits.migrating
    )
    let present = try Schema(of: connection)
    // Whoever calls gives the connection back, and with it what was begun.
    if let refusal = present.refusal(mayMake: mayMake) { return refusal }
    try connection.runSimple(Schema.table)
    for step in all where step.number > present.applied {
      try connection.runSimple(step.sql, within: limits.migrating)
      try connection.run(
        "INSERT INTO tessera_migrations (number, oldest_reader) VALUES (\(step.number), \(step.oldestReader))"
      )
    }
    guard try connection.runSimple("COMMIT", within: limits.migrating).tag == "COMMIT" else {
      throw .unavailable("PostgreSQL did not commit")
    }
    return .ready
  }
}
