import Dispatch
import Foundation
import GRDB

extension SQLiteStore {
  /// Opening and closing block, so they have a thread of their own.
  ///
  /// One at a time, for the reason that `DatabaseFile.create` gives.
  static let fileQueue = DispatchQueue(label: "tessera.sqlite.file")

  /// Opens the database at this path.
  ///
  /// Makes the file when there is none and brings an older one up to date. A call waits for at most
  /// `busyTimeout` seconds while another process writes.
  package static func open(
    path: String,
    busyTimeout: Double = 5
  ) async throws(SQLiteStoreError) -> SQLiteStore {
    let result: Result<SQLiteStore, SQLiteStoreError> = await withCheckedContinuation { continuation in
      fileQueue.async {
        continuation.resume(
          returning: Result { () throws(SQLiteStoreError) in
            try DatabaseFile.create(at: path)
            return SQLiteStore(pool: try openPool(path: path, busyTimeout: busyTimeout))
          }
        )
      }
    }
    return try result.get()
  }

  /// Opens an existing file, be it empty, on the thread of the caller.
  ///
  /// SQLite waits for a lock, but not when it turns WAL on. So of several processes that open a new file at
  /// once, one could fail.
  static func openPool(path: String, busyTimeout: Double) throws(SQLiteStoreError) -> DatabasePool {
    try LockWait.retry(forSeconds: busyTimeout) { () throws(SQLiteStoreError) in
      try openPoolOnce(path: path, busyTimeout: busyTimeout)
    }
  }

  private static func openPoolOnce(
    path: String,
    busyTimeout: Double
  ) throws(SQLiteStoreError) -> DatabasePool {
    do {
      let pool = try DatabasePool(
        path: path,
        configuration: configuration(path: path, busyTimeout: busyTimeout)
      )
      try setFullSynchronisation(pool)
      if try pool.read(Migrations.migrator.hasBeenSuperseded) {
        throw SQLiteStoreError(.madeByNewerVersion, path: path)
      }
      try Migrations.run(on: pool)
      return pool
    } catch {
      throw SQLiteStoreError(describing: error, path: path)
    }
  }

  private static func configuration(path: String, busyTimeout: Double) -> Configuration {
    var configuration = Configuration()
    configuration.label = "tessera"
    configuration.foreignKeysEnabled = true
    // SQLite's own waiting looks ever more rarely, up to ten times a second, and misses the pauses between commits.
    let tries = Int(busyTimeout * 1_000_000 / Double(Turnstile.pause))
    configuration.busyMode = .callback { count in
      usleep(Turnstile.pause)
      return count < tries
    }
    // This runs before GRDB turns WAL on, so a file that is not ours is refused before anything is written.
    configuration.prepareDatabase { database in
      if !database.configuration.readonly { try DatabaseIdentity.claim(database, path: path) }
    }
    return configuration
  }

  /// GRDB sets NORMAL when it opens the writer, with which a power failure can undo the last commits.
  private static func setFullSynchronisation(_ pool: DatabasePool) throws {
    let full = 2
    try pool.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == full else {
        throw DatabaseError(message: "synchronous = FULL was not accepted")
      }
    }
  }
}
