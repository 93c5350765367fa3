import Dispatch
import Synchronization
package import TesseraCore

/// The shared store: one PostgreSQL database, on which any number of servers run.
///
/// Reads run on a few connections and writes on one, each with a thread of its own, never on the cooperative pool. Each
/// read is one statement, which sees one snapshot.
package struct PostgresStore: Store {
  private let readers: ReaderPool
  private let writer: Writer
  private let listener: ChangeListener
  private let patience: Int64
  /// Where calls that have waited for too long are given up.
  private static let timers = DispatchQueue(label: "tessera.postgres.timers")

  init(_ connector: Connector) {
    readers = ReaderPool(connector)
    writer = Writer(connector)
    listener = ChangeListener(connector)
    patience = connector.limits.turn
  }

  /// Reads on a connection of its own.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    try await call(body) { readers.add($0) }
  }

  /// Writes in a transaction, so that what `body` reads stays true until it is committed.
  ///
  /// When `body` throws, nothing of it is written.
  func write<Value: Sendable>(
    for party: WriteParty = .operators,
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    try await call(body) { writer.add($0, for: party) }
  }

  private func call<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Value,
    addingBy add: (Job) -> Void
  ) async throws(StoreError) -> Value {
    let outcome = Outcome<Value>()
    let job = Job { connection throws(StoreError) in
      let value = try body(connection)
      outcome.value.withLock { $0 = value }
    }
    let failure = await job.result { job in
      add(job)
      PostgresStore.timers.asyncAfter(deadline: .now() + .milliseconds(Int(patience))) { [weak job] in
        job?.giveUp(.unavailable("No connection to PostgreSQL became free in time"))
      }
    }
    guard failure == nil, let value = outcome.value.withLock({ $0 }) else {
      throw failure ?? .unavailable("PostgreSQL gave no answer")
    }
    return value
  }

  package func waitForChange(
    after sequence: Int64,
    pause: @escaping @Sendable () async -> Void
  ) async throws(StoreError) {
    listener.start()
    let bell = listener.bell
    while !Task.isCancelled {
      let heard = bell.count
      do throws(StoreError) {
        guard try await latestChange() == sequence else { return }
      } catch {
        if Task.isCancelled { return }
        throw error
      }
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await pause() }
        group.addTask { await bell.wait(after: heard) }
        await group.next()
        group.cancelAll()
      }
    }
  }

  package func close() async {
    await readers.close()
    await writer.close()
    await listener.close()
  }
}

/// What a call has come to.
private final class Outcome<Value: Sendable>: Sendable {
  let value = Mutex<Value?>(nil)
}
