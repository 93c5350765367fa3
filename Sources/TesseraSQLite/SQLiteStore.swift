package import GRDB
import Synchronization
package import TesseraCore

/// The embedded store: one SQLite database file.
///
/// Writes queue up for one connection, are committed together and are on the disk when they return. Reads run beside
/// them, each on a connection and a snapshot of its own. GRDB runs both on its own threads, never on the cooperative
/// pool.
package struct SQLiteStore: TransactionalStore {
  let pool: DatabasePool
  let queue: WriteQueue

  init(pool: DatabasePool) {
    self.pool = pool
    queue = WriteQueue(pool: pool)
  }

  /// Reads from one snapshot of the database.
  func read<Value: Sendable>(
    _ body: @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    do {
      return try await pool.read(body)
    } catch {
      throw StoreError(describing: error)
    }
  }

  @discardableResult
  package func write<Value: Sendable>(
    for party: WriteParty,
    _ body: @escaping @Sendable (Database) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    try await write(for: party, atMost: .max, body)
  }

  /// Writes in an immediate transaction, unless this much of the party waits already.
  ///
  /// `isOneStatement` says that it takes at most one statement to write it.
  func write<Value: Sendable>(
    for party: WriteParty,
    atMost limit: Int,
    isOneStatement: Bool = false,
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    let call = WriteCall(isOneStatement: isOneStatement, body)
    do {
      return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
          queue.add(call.job(telling: continuation), for: party, atMost: limit)
        }
      } onCancel: {
        call.cancel()
      }
    } catch {
      throw StoreError(describing: error)
    }
  }
}

/// One call that writes, until its result is told.
private final class WriteCall<Value: Sendable>: Sendable {
  private let isOneStatement: Bool
  private let body: @Sendable (Database) throws -> Value
  private let isCancelled = Atomic(false)
  private let value = Mutex<Value?>(nil)

  init(isOneStatement: Bool, _ body: @escaping @Sendable (Database) throws -> Value) {
    self.isOneStatement = isOneStatement
    self.body = body
  }

  /// Keeps it from being written when its turn has not come yet.
  func cancel() {
    isCancelled.store(true, ordering: .relaxed)
  }

  func job(telling continuation: CheckedContinuation<Value, any Error>) -> WriteQueue.Job {
    WriteQueue.Job(isOneStatement: isOneStatement, write: write) { failure in
      let value = self.value.withLock { $0 }
      if let value, failure == nil {
        continuation.resume(returning: value)
      } else {
        continuation.resume(throwing: failure ?? CancellationError())
      }
    }
  }

  private func write(_ database: Database) -> (any Error)? {
    guard !isCancelled.load(ordering: .relaxed) else { return CancellationError() }
    do {
      let value = try body(database)
      self.value.withLock { $0 = value }
      return nil
    } catch {
      return error
    }
  }
}
