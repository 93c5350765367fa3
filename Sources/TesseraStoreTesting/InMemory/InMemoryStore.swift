import Synchronization
package import TesseraCore

/// A store that forgets everything when it goes away: for tests, and as the plainest example of a store.
package final class InMemoryStore: TransactionalStore {
  private struct State {
    var data = StoredData()
    var failure: StoreError?
    var readCounts: [Port: Int] = [:]
    /// What waits, of each kind of call that is held up.
    var waiting: [Held: [CheckedContinuation<Void, Never>]] = [:]
    /// What happens next while revocations are read.
    var whileReading: (@Sendable () async -> Void)?
  }

  private let state = Mutex(State())

  /// An empty store.
  package init() {}

  /// What every call throws, as in an outage; nil while the store works.
  package var failure: StoreError? {
    get { state.withLock(\.failure) }
    set { state.withLock { $0.failure = newValue } }
  }

  package func close() async {
    failure = .unavailable("The store is closed")
  }

  /// How often the reading functions of this port were called, with failed calls.
  package func readCount(of port: Port) -> Int {
    state.withLock { $0.readCounts[port, default: 0] }
  }

  /// How often the reading functions of all ports were called, with failed calls.
  package var readCount: Int {
    state.withLock { $0.readCounts.values.reduce(0, +) }
  }

  /// Does this once, when revocations were read for somebody who has not got them yet.
  package func whileRevocationsAreRead(_ body: @escaping @Sendable () async -> Void) {
    state.withLock { $0.whileReading = body }
  }

  /// Does what a test wants to happen while revocations are read.
  func interfere() async {
    let body = state.withLock { state in
      defer { state.whileReading = nil }
      return state.whileReading
    }
    await body?()
  }

  /// Calls that can be held up.
  package enum Held: Sendable {
    /// Revocations that are written.
    case revocations
    /// Clients that are read, by identifier.
    case clientReads
  }

  /// Holds these calls up, as a slow disk does.
  package func hold(_ calls: Held) {
    state.withLock { $0.waiting[calls, default: []] += [] }
  }

  /// Lets the calls that were held up go on.
  package func release(_ calls: Held) {
    let waiting = state.withLock { $0.waiting.removeValue(forKey: calls) ?? [] }
    for continuation in waiting { continuation.resume() }
  }

  /// How many are held up.
  package func heldCount(of calls: Held) -> Int { state.withLock { $0.waiting[calls]?.count ?? 0 } }

  /// Waits while these calls are held up.
  func pass(_ calls: Held) async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        state.waiting[calls]?.append(continuation)
        return state.waiting[calls] == nil
      }
      if isFree { continuation.resume() }
    }
  }

  /// Reads for a function of this port.
  func read<Value: Sendable>(
    _ port: Port,
    _ body: (StoredData) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let data = try state.withLock { state throws(StoreError) in
      state.readCounts[port, default: 0] += 1
      if let failure = state.failure { throw failure }
      return state.data
    }
    return try body(data)
  }

  /// Writes to a copy that takes the place of the data only when `body` does not throw.
  func write<Value: Sendable>(
    _ body: (inout StoredData) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    try state.withLock { state throws(StoreError) in
      if let failure = state.failure { throw failure }
      var data = state.data
      let value = try body(&data)
      state.data = data
      return value
    }
  }

  @discardableResult
  package func write<Value: Sendable>(
    for party: WriteParty,
    _ body: @escaping @Sendable (InMemoryTransaction) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    try write { data throws(StoreError) in
      let transaction = InMemoryTransaction(data)
      let value = try body(transaction)
      data = transaction.data
      return value
    }
  }
}

extension InMemoryStore {
  /// The parts of a store whose reads are counted.
  package enum Port: Sendable, CaseIterable {
    case clients
    case scopes
    case resources
    case keys
    case revocations
    case audit
    case changes
    case serverState
  }
}

extension Array {
  /// The first elements, at most so many; none when the count is negative.
  func first(_ count: Int) -> [Element] {
    Array(prefix(Swift.max(0, count)))
  }
}
