import Foundation
import GRDB
package import TesseraCore
package import TesseraJOSE

extension SQLiteStore {
  package func claim(_ claim: SingleUseClaim) async throws(StoreError) -> Bool {
    try await write(
      for: .client(claim.clientID),
      atMost: SingleUseClaim.mostWaiting,
      isOneStatement: true
    ) { database in
      try database.insert(claim)
    }
  }

  package func removeClaims(expiredBefore time: Timestamp) async throws(StoreError) {
    try await write(for: .housekeeping, atMost: .max) { database in
      var tables = try ClaimTables(of: database)
      try tables.drop(before: ExpiryPeriods.claims.number(at: time), in: database)
    }
  }

  package func makePeriods(from time: Timestamp) async throws(StoreError) {
    try await write(for: .housekeeping, atMost: .max) { database in
      var tables = try ClaimTables(of: database)
      try tables.make(ExpiryPeriods.claims.numbers(from: time), in: database)
    }
  }
}

extension Database {
  /// Inserts a claim into the table of its period, unless its digest is in any; whether it did.
  fileprivate func insert(_ claim: SingleUseClaim) throws -> Bool {
    let digest = Data(claim.digest)
    let known = try cachedStatement(sql: "SELECT 1 FROM claims WHERE digest = ?")
    guard try Int.fetchOne(known, arguments: [digest]) == nil else { return false }
    do {
      try insert(
        digest,
        claim.expiresAt,
        into: ClaimTables.name(of: ExpiryPeriods.claims.number(at: claim.expiresAt))
      )
    } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
      // Nobody has made that table, or somebody has dropped it. To ask beforehand would be to read through the schema.
      try insert(digest, claim.expiresAt, into: ClaimTables.rest)
    }
    return true
  }

  private func insert(_ digest: Data, _ expiresAt: Timestamp, into table: String) throws {
    try cachedStatement(sql: "INSERT INTO '\(table)' (digest, expires_at) VALUES (?, ?)")
      .execute(arguments: [digest, expiresAt.milliseconds])
  }
}

/// The tables that claims are in: one for each period for which room was made, which is dropped as a whole, and one for
/// the rest.
struct ClaimTables {
  /// The table of what has no period of its own.
  static let rest = "claims_rest"

  private var periods: Set<Int64>

  /// The tables that there are.
  init(of database: Database) throws {
    let names = try String.fetchAll(
      database,
      sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'claims_[0-9-]*'"
    )
    periods = Set(names.compactMap { Int64($0.dropFirst("claims_".count)) })
  }

  /// The table of a period.
  static func name(of period: Int64) -> String { "claims_\(period)" }

  /// Makes the tables of these periods, and moves there what is theirs.
  mutating func make(_ numbers: ClosedRange<Int64>, in database: Database) throws {
    let missing = numbers.filter { !periods.contains($0) }
    guard !missing.isEmpty else { return }
    for number in missing {
      let name = ClaimTables.name(of: number)
      let (start, end) = (ExpiryPeriods.claims.start(of: number), ExpiryPeriods.claims.start(of: number + 1))
      let range = "expires_at >= \(start.milliseconds) AND expires_at < \(end.milliseconds)"
      try database.execute(
        sql: """
          CREATE TABLE '\(name)' (digest BLOB NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;
          INSERT INTO '\(name)' SELECT digest, expires_at FROM claims_rest WHERE \(range);
          DELETE FROM claims_rest WHERE \(range);
          """
      )
    }
    periods.formUnion(missing)
    try showAll(in: database)
  }

  /// Drops the tables of the periods before this one.
  mutating func drop(before number: Int64, in database: Database) throws {
    let end = ExpiryPeriods.claims.start(of: number)
    try database.execute(literal: "DELETE FROM claims_rest WHERE expires_at < \(end.milliseconds)")
    let old = periods.filter { $0 < number }
    guard !old.isEmpty else { return }
    periods.subtract(old)
    try showAll(in: database)
    for number in old { try database.execute(sql: "DROP TABLE '\(ClaimTables.name(of: number))'") }
  }

  /// The names of all.
  var names: [String] { [ClaimTables.rest] + periods.sorted().map(ClaimTables.name) }

  /// Has the view show all tables there are.
  private func showAll(in database: Database) throws {
    let all = names.map { "SELECT digest, expires_at FROM '\($0)'" }.joined(separator: " UNION ALL ")
    try database.execute(sql: "DROP VIEW claims; CREATE VIEW claims AS \(all)")
  }
}
