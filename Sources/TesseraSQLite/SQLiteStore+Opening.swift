import Dispatch
import Foundation
import GRDB
package import TesseraCore

extension SQLiteStore {
  /// Opening and closing block, so they have a thread of their own.
  ///
  /// One at a time, for the reason that `DatabaseFile.create` gives.
  static let fileQueue = DispatchQueue(label: "tessera.sqlite.file")

  /// Opens the database whose path stands after `sqlite:`, for a server, whose callers would rather be told to come again.
  package static let opener = opener(busyTimeout: 5)

  /// The same for a process that does one thing and ends: nobody waits for it but whoever called it, and a disk can be busy
  /// for long with what a server writes.
  package static let patientOpener = opener(busyTimeout: 60)

  private static func opener(busyTimeout: Double) -> StoreOpener {
    StoreOpener(
      scheme: "sqlite",
      fileName: "tessera.sqlite",
      files: { path in [path, path + "-wal", path + "-shm"] },
      mover: mover,
      open: { path, mayMake throws(StoreOpeningError) in
        guard mayMake || !DatabaseFile.isAbsent(at: path) else { throw .absent }
        do throws(SQLiteStoreError) {
          return try await open(path: path, busyTimeout: busyTimeout)
        } catch {
          throw .failed(error.description)
        }
      }
    )
  }

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
  static func openPool(
    path: String,
    busyTimeout: Double,
    allowsOpenTransactions: Bool = false
  ) throws(SQLiteStoreError) -> DatabasePool {
    var configuration = configuration(path: path, busyTimeout: busyTimeout)
    configuration.allowsUnsafeTransactions = allowsOpenTransactions
    return try LockWait.retry(forSeconds: busyTimeout) { () throws(SQLiteStoreError) in
      try openPoolOnce(path: path, configuration)
    }
  }

  private static func openPoolOnce(
    path: String,
    _ configuration: Configuration
  ) throws(SQLiteStoreError) -> DatabasePool {
    do {
      let pool = try DatabasePool(path: path, configuration: configuration)
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

  /// Closes the database after the calls that are under way.
  ///
  /// Later calls throw `unavailable`.
  package func close() async {
    await withCheckedContinuation { continuation in
      SQLiteStore.fileQueue.async {
        pool.closeReadersFirst()
        continuation.resume()
      }
    }
  }
}

extension DatabasePool {
  /// Closes all connections, one that can write last.
  ///
  /// Only such a one moves the `-wal` file into the database when it is the last to close, and operators copy the
  /// database file of a stopped server.
  func closeReadersFirst() {
    releaseMemory()
    // Whatever fails here loses nothing: every commit is on the disk already.
    try? close()
  }
}

/// The file that a database is in.
enum DatabaseFile {
  /// Makes an empty file that only its owner can read and write, unless there is a file.
  ///
  /// SQLite gives the `-wal` and `-shm` files the same mode and, as root, the same owner.
  ///
  /// An existing file is never opened here: closing it again would drop the locks that SQLite has on it in
  /// this process. For the same reason nobody in this process may open the database before this returns.
  static func create(at path: String) throws(SQLiteStoreError) {
    let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    let reason = errno
    if descriptor >= 0 {
      defer { close(descriptor) }
      guard NewFile.settle(descriptor, in: NewFile.folder(of: path)) == 0 else {
        throw SQLiteStoreError(problem(errno), path: path)
      }
    } else if reason != EEXIST {
      throw SQLiteStoreError(problem(reason), path: path)
    }
  }

  /// Whether there is certainly no file.
  static func isAbsent(at path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 && errno == ENOENT
  }

  static func problem(_ reason: Int32) -> SQLiteStoreError.Problem {
    switch reason {
    case ENOENT, ENOTDIR: .directoryMissing
    case EACCES, EPERM, EROFS: .notWritable
    case ENOSPC, EDQUOT, EIO: .diskFull
    default: .failed(String(cString: strerror(reason)))
    }
  }
}

/// The mark in the file's header that tells our databases from those of other programs.
enum DatabaseIdentity {
  /// `Tess` in ASCII.
  static let applicationID: Int32 = 0x5465_7373

  /// Marks an empty database as ours.
  ///
  /// Throws when it is neither empty nor marked.
  ///
  /// The transaction is immediate, so of several processes that open a new file one marks it and the others
  /// see the mark, and a file that cannot be written is noticed here.
  static func claim(_ database: Database, path: String) throws {
    try database.inTransaction(.immediate) {
      let found = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
      if found != applicationID {
        guard found == 0, try isEmpty(database) else {
          throw SQLiteStoreError(.foreignDatabase, path: path)
        }
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      }
      return .commit
    }
  }

  private static func isEmpty(_ database: Database) throws -> Bool {
    try Row.fetchOne(database, sql: "SELECT 1 FROM sqlite_master LIMIT 1") == nil
  }
}

/// Waits for locks that SQLite itself does not wait for.
enum LockWait {
  /// Calls `body` until it succeeds, fails for another reason than a lock, or this many seconds are over.
  static func retry<Value>(
    forSeconds seconds: Double,
    _ body: () throws(SQLiteStoreError) -> Value
  ) throws(SQLiteStoreError) -> Value {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      do throws(SQLiteStoreError) {
        return try body()
      } catch {
        guard error.problem == .locked, ContinuousClock.now < deadline else { throw error }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }
}
