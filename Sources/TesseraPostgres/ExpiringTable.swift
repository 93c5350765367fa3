import TesseraCore
import TesseraJOSE

/// A table whose rows expire: partitioned by periods, with a partition for those that have none.
struct ExpiringTable: Sendable {
  static let claims = ExpiringTable(name: "claims", periods: .claims, unique: ["digest"])
  static let revocations = ExpiringTable(name: "revocations", periods: .revocations)

  let name: String
  let periods: ExpiryPeriods
  /// The columns that are unique within a partition, besides what is unique in the whole table.
  var unique: [String] = []

  /// How long is waited for a lock, in milliseconds, while everybody else waits for who waits for it: a dump of the
  /// database has its tables for hours.
  fileprivate static let patience = 500
  /// How long moving the rows of a period may take, in milliseconds.
  fileprivate static let moving: Int64 = 60_000

  /// The partition of what has no period.
  var rest: String { "\(name)_rest" }

  /// The partition of a period.
  func partition(of number: Int64) -> String { "\"\(name)_\(number)\"" }
}

extension Connection {
  /// The periods that have a partition.
  func periods(of table: ExpiringTable) throws(StoreError) -> Set<Int64> {
    let rows = try run(
      "SELECT relname FROM pg_class JOIN pg_inherits ON inhrelid = oid WHERE inhparent = \(table.name)::regclass"
    )
    let names: [String] = try rows.map { row throws(StoreError) in try row.value("relname") }
    return Set(names.compactMap { Int64($0.dropFirst(table.name.utf8.count + 1)) })
  }

  /// Makes the partitions of these periods that there are not, and moves there what is theirs.
  ///
  /// Nothing goes into the rest meanwhile. Attaching keeps nobody from the other partitions.
  func make(_ numbers: ClosedRange<Int64>, of table: ExpiringTable) throws(StoreError) {
    let known = try periods(of: table)
    let missing = numbers.filter { !known.contains($0) }
    guard !missing.isEmpty else { return }
    try changing(table) { () throws(StoreError) in
      try runSimple("LOCK TABLE \(table.rest) IN ACCESS EXCLUSIVE MODE")
      for number in missing {
        let partition = table.partition(of: number)
        let start = table.periods.start(of: number).milliseconds
        let end = table.periods.start(of: number + 1).milliseconds
        let key = table.unique.isEmpty ? "" : ", PRIMARY KEY (\(table.unique.joined(separator: ", ")))"
        try runSimple(
          """
          CREATE TABLE \(partition) (LIKE \(table.name) INCLUDING ALL\(key));
          WITH moved AS (
            DELETE FROM \(table.rest) WHERE expires_at >= \(start) AND expires_at < \(end) RETURNING *
          ) INSERT INTO \(partition) SELECT * FROM moved;
          ALTER TABLE \(table.name) ATTACH PARTITION \(partition) FOR VALUES FROM (\(start)) TO (\(end))
          """,
          within: ExpiringTable.moving
        )
      }
    }
  }

  /// Drops the partitions of the periods before this one, and returns how many rows the rest had of them.
  ///
  /// `leave` gets each partition before it goes.
  @discardableResult
  func drop(
    before number: Int64,
    of table: ExpiringTable,
    _ leave: (_ partition: String) throws(StoreError) -> Void
  ) throws(StoreError) -> Int {
    let old = try periods(of: table).filter { $0 < number }.sorted()
    try changing(table) { () throws(StoreError) in
      for number in old {
        let partition = table.partition(of: number)
        try leave(partition)
        try runSimple("DROP TABLE \(partition)")
      }
    }
    // What is left of them can be in the rest only.
    let end = table.periods.start(of: number).milliseconds
    return try runSimple("DELETE FROM \(table.name) WHERE expires_at < \(end)").affected
  }

  /// Changes the partitions of a table, unless somebody keeps it for longer than others can wait.
  private func changing(
    _ table: ExpiringTable,
    _ body: () throws(StoreError) -> Void
  ) throws(StoreError) {
    try runSimple(
      "SET LOCAL lock_timeout = \(ExpiringTable.patience); SET LOCAL statement_timeout = \(ExpiringTable.moving)"
    )
    try body()
    try runSimple(
      "SET LOCAL lock_timeout = \(limits.answer); SET LOCAL statement_timeout = \(limits.answer)"
    )
  }
}
