import TesseraCore
import TesseraSupport

/// The connection that writes.
///
/// All that waits is committed together, which costs the disk as much as one: each in a savepoint of its own, so that
/// one that fails does not fail the others. Results are told after the commit.
///
/// A lock of the whole store is held by each transaction until it is committed, before it reads anything or draws a
/// number. So the order of the numbers is that of the commits, whichever node makes them, and what a transaction has
/// read stays true.
final class Writer: Sendable {
  /// The most that is committed together: a few milliseconds, so that who comes meanwhile waits no longer.
  static let batchSize = 64
  /// After how many milliseconds nothing more is added to a transaction: far from the database one job takes as long as
  /// many do beside it, and all other nodes wait for the lock.
  static let longestBatch: Int64 = 100
  /// The key of the lock, any number that other programs are unlikely to choose: `Tess` in ASCII.
  static let lock = 0x5465_7373

  private let jobs: TurnLine<JobBody>
  private let clock: MonotonicClock

  init(_ connector: Connector) {
    clock = connector.clock
    jobs = TurnLine(Line("writer", connector))
  }

  /// Adds something to write.
  func add(_ job: Job, for party: WriteParty) {
    jobs.add(job, for: party) { self.writeSome() }
  }

  private func writeSome() {
    let connection: Connection
    do throws(StoreError) {
      connection = try jobs.line.connection()
      try connection.runSimple(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock(\(Writer.lock))"
      )
    } catch {
      // Nothing can be written: whoever waits has waited for long enough.
      for job in jobs.begun(.max) { job.finish(error) }
      return jobs.line.reset()
    }
    let written = writeBatch(by: connection)
    if connection.isInTransaction { jobs.line.reset() }
    for (job, failure) in written { job.finish(failure) }
  }

  /// Writes some of what waits, in the transaction that has begun; why each has failed, if it has.
  private func writeBatch(by connection: Connection) -> [(Job, StoreError?)] {
    var batch: [Job] = []
    do throws(StoreError) {
      var failures: [StoreError?] = []
      let end = clock.milliseconds + Writer.longestBatch
      while batch.count < Writer.batchSize, clock.milliseconds < end, let job = jobs.begun(1).first {
        batch.append(job)
        failures.append(try write(job, by: connection))
      }
      guard try connection.runSimple("COMMIT").tag == "COMMIT" else {
        throw .unavailable("PostgreSQL did not commit")
      }
      return Array(zip(batch, failures))
    } catch {
      // Perhaps it was committed all the same, if what was lost is the answer. Nobody may take it for done.
      return batch.map { ($0, error) }
    }
  }

  /// Writes one in a savepoint; what it failed with, when the others can go on.
  private func write(_ job: Job, by connection: Connection) throws(StoreError) -> StoreError? {
    try connection.runSimple("SAVEPOINT job")
    let failure = job.run(connection)
    try connection.runSimple(failure == nil ? "RELEASE SAVEPOINT job" : "ROLLBACK TO SAVEPOINT job")
    return failure
  }

  func close() async { await jobs.close() }
}
