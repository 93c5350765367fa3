import Dispatch
import Synchronization
package import TesseraCore

/// The shared store: one PostgreSQL database, on which any number of servers run.
///
/// Reads run on a few connections, writes on one and claims on another, each with a thread of its own, never on the
/// cooperative pool. Each read is one statement, which sees one snapshot.
package struct PostgresStore: TransactionalStore {
  private let readers: ReaderPool
  private let writer: Writer
  private let claimer: Claimer
  private let listener: ChangeListener
  private let patience: Int64
  /// Where calls that have waited for too long are given up.
  private static let timers = DispatchQueue(label: "tessera.postgres.timers")

  init(_ connector: Connector) {
    readers = ReaderPool(connector)
    writer = Writer(connector)
    claimer = Claimer(connector)
    listener = ChangeListener(connector)
    patience = connector.limits.turn
  }

  /// Reads on a connection of its own.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    try await call(body) { readers.add($0) }
  }

  @discardableResult
  package func write<Value: Sendable>(
    for party: WriteParty,
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    try await call(body) { writer.add($0, for: party) }
  }

  package func claim(_ claim: SingleUseClaim) async throws(StoreError) -> Bool {
    let turn = Turn(Claimer.Pending(claim: claim))
    return try await end(of: turn, telling: turn.work.outcome) { claimer.add($0) }
  }

  private func call<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) throws(StoreError) -> Value,
    addingBy add: (Job) -> Void
  ) async throws(StoreError) -> Value {
    let outcome = Outcome<Value>()
    let job = Job(JobBody { connection throws(StoreError) in outcome.set(try body(connection)) })
    return try await end(of: job, telling: outcome, addingBy: add)
  }

  /// What a call has come to, after it was added by `add` and had its turn.
  private func end<Work: Sendable, Value: Sendable>(
    of turn: Turn<Work>,
    telling outcome: Outcome<Value>,
    addingBy add: (Turn<Work>) -> Void
  ) async throws(StoreError) -> Value {
    let failure = await turn.result { turn in
      add(turn)
      PostgresStore.timers.asyncAfter(deadline: .now() + .milliseconds(Int(patience))) { [weak turn] in
        turn?.giveUp(.unavailable("No connection to PostgreSQL became free in time"))
      }
    }
    guard failure == nil, let value = outcome.value else {
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
    await claimer.close()
    await listener.close()
  }
}

/// What a call has come to.
final class Outcome<Value: Sendable>: Sendable {
  private let state = Mutex<Value?>(nil)

  /// Nil as long as it has come to nothing.
  var value: Value? { state.withLock { $0 } }

  func set(_ value: Value) { state.withLock { $0 = value } }
}
