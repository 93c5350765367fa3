import GRDB
import Synchronization
import TesseraCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What waits to be written to a database.
///
/// All that waits is committed together, which costs the disk as much as one: each in a savepoint of its own, unless it is
/// one statement, so that one that fails does not fail the others. It is taken in turn by who asks for it, so that one who asks for much delays
/// nobody else by more than a commit. Results are told after the commit.
final class WriteQueue: Sendable {
  /// One thing to write.
  final class Job: Sendable {
    /// Runs inside a transaction, perhaps again when the first was rolled back.
    let write: @Sendable (Database) -> (any Error)?
    /// Tells the result; an error when there is none because nothing was written.
    let finish: @Sendable ((any Error)?) -> Void
    /// Whether it writes by one statement, of which SQLite leaves nothing when it fails.
    let isOneStatement: Bool

    init(
      isOneStatement: Bool = false,
      write: @escaping @Sendable (Database) -> (any Error)?,
      finish: @escaping @Sendable ((any Error)?) -> Void
    ) {
      self.isOneStatement = isOneStatement
      self.write = write
      self.finish = finish
    }
  }

  private struct State {
    var waiting = TurnQueue<Job>()
    var isRunning = false
  }

  /// The most that is committed together: a few milliseconds, so that who comes meanwhile waits no longer.
  static let batchSize = 64

  private let pool: DatabasePool
  private let turnstile: Turnstile
  private let state = Mutex(State())

  init(pool: DatabasePool) {
    self.pool = pool
    turnstile = Turnstile(path: pool.path)
  }

  /// How much waits.
  var count: Int { state.withLock { $0.waiting.count } }

  /// Adds something to write, unless this much of the same party waits already.
  func add(_ job: Job, for party: WriteParty, atMost limit: Int = .max) {
    let (isAdded, begins) = state.withLock { state in
      guard state.waiting.add(job, for: party, atMost: limit) else { return (false, false) }
      defer { state.isRunning = true }
      return (true, !state.isRunning)
    }
    if begins { next() }
    if !isAdded { job.finish(StoreError.tooMuchWaits) }
  }

  /// Writes what waits, on the thread that writes.
  private func next() {
    pool.asyncWriteWithoutTransaction { database in
      self.writeSome(database)
      let isDone = self.state.withLock { state in
        state.isRunning = !state.waiting.isEmpty
        return state.waiting.isEmpty
      }
      if !isDone { self.next() }
    }
  }

  private func writeSome(_ database: Database) {
    turnstile.letOthersPass()
    do {
      try turnstile.wait { try database.beginTransaction(.immediate) }
    } catch {
      // Nothing can be written: whoever waits has waited for long enough.
      for job in take(.max) { job.finish(error) }
      return
    }
    let jobs = take(WriteQueue.batchSize)
    if !commit(jobs, in: database), jobs.count > 1 {
      for job in jobs { writeAlone(job, in: database) }
    }
  }

  /// Writes these together, in the transaction that has begun, and tells the results.
  ///
  /// False when one of several made the database give up the whole transaction, as when the disk is full: nothing was
  /// written and nothing told.
  private func commit(_ jobs: [Job], in database: Database) -> Bool {
    var results: [(any Error)?] = []
    do {
      for job in jobs {
        results.append(try WriteQueue.run(job, in: database))
      }
      try database.commit()
    } catch {
      if database.isInsideTransaction { try? database.rollback() }
      guard jobs.count == 1 else { return false }
      results = [error]
    }
    for (job, result) in zip(jobs, results) { job.finish(result) }
    return true
  }

  private func writeAlone(_ job: Job, in database: Database) {
    do {
      try database.beginTransaction(.immediate)
    } catch {
      return job.finish(error)
    }
    _ = commit([job], in: database)
  }

  /// Runs one, in a savepoint where it needs one; what it failed with, when the others can go on.
  private static func run(_ job: Job, in database: Database) throws -> (any Error)? {
    var failure: (any Error)?
    if job.isOneStatement {
      failure = job.write(database)
    } else {
      do {
        try database.inSavepoint {
          failure = job.write(database)
          return failure == nil ? .commit : .rollback
        }
      } catch {
        throw failure ?? error
      }
    }
    if let failure, !database.isInsideTransaction { throw failure }
    return failure
  }

  /// Takes at most this many, one of each in turn.
  private func take(_ limit: Int) -> [Job] {
    state.withLock { $0.waiting.take(limit) }
  }
}

/// Lets other processes write between the commits of this one.
///
/// SQLite has no queue for its lock: who waits for it looks now and then whether it is free, and beside a process that
/// commits without a pause it never is. So whoever waits shares a lock on the folder of the database meanwhile, and
/// whoever has just committed pauses while somebody does.
final class Turnstile: Sendable {
  /// How often a waiting process looks whether the database is free, in microseconds.
  static let pause: UInt32 = 1000
  /// For how many pauses one that does not get on, because it was stopped, is let pass.
  private static let patience = 250

  /// The folder; -1 when it cannot be opened, and then nobody is let pass.
  private let descriptor: Int32

  init(path: String) {
    let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    descriptor = open(folder.isEmpty ? "/" : String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Waits for the database by this.
  func wait(_ body: () throws -> Void) rethrows {
    guard descriptor >= 0 else { return try body() }
    // Another process may be looking whether anybody waits, which takes no time.
    for _ in 0..<20 where flock(descriptor, LOCK_SH | LOCK_NB) != 0 { usleep(50) }
    defer { flock(descriptor, LOCK_UN) }
    try body()
  }

  /// Pauses while others wait for the database.
  func letOthersPass() {
    guard descriptor >= 0 else { return }
    for _ in 0..<Turnstile.patience {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        flock(descriptor, LOCK_UN)
        return
      }
      usleep(Turnstile.pause)
    }
  }
}
