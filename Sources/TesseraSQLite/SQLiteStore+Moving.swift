import Foundation
import GRDB
import TesseraCore

extension SQLiteStore {
  /// Reads and fills the database whose path stands after `sqlite:`.
  static let mover = StoreMover(
    snapshot: { path, _ throws(StoreOpeningError) in
      guard !DatabaseFile.isAbsent(at: path) else { throw .absent }
      return try opening { () throws(SQLiteStoreError) in try SQLiteSnapshot(path: path) }
    },
    writer: { path, _ throws(StoreOpeningError) in
      try opening { () throws(SQLiteStoreError) in try SQLiteWriter(path: path) }
    }
  )

  private static func opening<Value>(
    _ open: () throws(SQLiteStoreError) -> Value
  ) throws(StoreOpeningError) -> Value {
    do throws(SQLiteStoreError) {
      return try open()
    } catch {
      throw .failed(error.description)
    }
  }

  /// The pool of a database that is there or made, for the thread of the caller.
  fileprivate static func pool(
    path: String,
    allowsOpenTransactions: Bool = false
  ) throws(SQLiteStoreError) -> DatabasePool {
    try DatabaseFile.create(at: path)
    return try openPool(path: path, busyTimeout: 5, allowsOpenTransactions: allowsOpenTransactions)
  }
}

/// A database as it was at one moment.
private final class SQLiteSnapshot: StoreSnapshot {
  let identity: String
  private let path: String
  private let pool: DatabasePool
  private let snapshot: DatabaseSnapshot
  /// Another number after another connection has committed.
  private let version: Int?

  init(path: String) throws(SQLiteStoreError) {
    self.path = path
    identity = DatabaseFile.identity(of: path)
    pool = try SQLiteStore.pool(path: path)
    do {
      version = try SQLiteSnapshot.version(pool)
      snapshot = try pool.makeSnapshot()
    } catch {
      throw SQLiteStoreError(describing: error, path: path)
    }
  }

  deinit {
    try? snapshot.close()
    pool.closeReadersFirst()
  }

  private static func version(_ pool: DatabasePool) throws -> Int? {
    try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA data_version") }
  }

  /// A server says in its data directory that it runs; the database does not know.
  let isInUse = false

  /// A commit of another connection need not have changed a record: GRDB makes one when it opens a file without a log.
  func hasMovedOn() throws(StoreError) -> Bool {
    guard try describing({ try SQLiteSnapshot.version(pool) }) != version else { return false }
    let now = try describing { try SQLiteSnapshot(path: path) }
    for kind in RecordKind.all {
      guard try tally(of: kind) == now.tally(of: kind) else { return true }
    }
    return false
  }

  func count(of kind: RecordKind) throws(StoreError) -> Int {
    try describing { try snapshot.read { try $0.count(of: kind) } }
  }

  func records(
    of kind: RecordKind,
    after record: StoreRecord?,
    limit: Int
  ) throws(StoreError) -> [StoreRecord] {
    try describing { try snapshot.read { try $0.records(of: kind, after: record, limit: limit) } }
  }
}

/// A database that is filled in one transaction.
private final class SQLiteWriter: StoreWriter {
  let identity: String
  let isInUse = false
  private let pool: DatabasePool
  /// The number of the last change that was removed.
  private var lastRemoved: Int64 = 0

  init(path: String) throws(SQLiteStoreError) {
    pool = try SQLiteStore.pool(path: path, allowsOpenTransactions: true)
    identity = DatabaseFile.identity(of: path)
  }

  deinit {
    // Or closing would fail, and leave the `-wal` file behind.
    try? pool.writeWithoutTransaction { if $0.isInsideTransaction { try $0.rollback() } }
    pool.closeReadersFirst()
  }

  func begin() throws(StoreError) {
    try describing { try pool.writeWithoutTransaction { try $0.beginTransaction(.immediate) } }
  }

  func count(of kind: RecordKind) throws(StoreError) -> Int {
    try describing { try pool.writeWithoutTransaction { try $0.count(of: kind) } }
  }

  func records(
    of kind: RecordKind,
    after record: StoreRecord?,
    limit: Int
  ) throws(StoreError) -> [StoreRecord] {
    try describing {
      try pool.writeWithoutTransaction { try $0.records(of: kind, after: record, limit: limit) }
    }
  }

  func insert(_ records: [StoreRecord], of kind: RecordKind) throws(StoreError) {
    try describing { try pool.writeWithoutTransaction { try $0.insert(records, of: kind) } }
  }

  func removeAll() throws(StoreError) {
    try describing {
      lastRemoved = try pool.writeWithoutTransaction { database in
        let last = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM changes") ?? 0
        try database.removeAllRecords()
        return last
      }
    }
  }

  /// `audit` and `changes` number their rows after the greatest there is.
  func commit(recording event: AuditEvent?) throws(StoreError) {
    try describing {
      try pool.writeWithoutTransaction { [lastRemoved] database in
        if let event {
          let sequence = try database.record(.filling(audit: event))
          if sequence <= lastRemoved {
            try database.execute(
              literal: "UPDATE changes SET sequence = \(lastRemoved + 1) WHERE sequence = \(sequence)"
            )
          }
        }
        try database.commit()
      }
    }
  }
}

private func describing<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
  do { return try body() } catch { throw StoreError(describing: error) }
}

extension DatabaseFile {
  /// What no other file on this machine has.
  fileprivate static func identity(of path: String) -> String {
    var status = stat()
    return stat(path, &status) == 0 ? "sqlite \(status.st_dev) \(status.st_ino)" : "sqlite \(path)"
  }
}
