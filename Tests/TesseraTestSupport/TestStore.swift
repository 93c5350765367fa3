import Synchronization
package import TesseraCore

/// A store of any kind, of which a test counts the reads, and which it lets fail, hold calls up and be interrupted.
package final class TestStore: Sendable {
  private struct State {
    var failure: StoreError?
    var readCounts: [Port: Int] = [:]
    /// What waits, of each kind of call that is held up.
    var waiting: [Held: [CheckedContinuation<Void, Never>]] = [:]
    /// What happens next while revocations are read.
    var whileReading: (@Sendable () async -> Void)?
  }

  /// What keeps the data.
  let base: any Store
  private let state = Mutex(State())

  package init(_ base: any Store) {
    self.base = base
  }

  /// What every call throws, as in an outage; nil while the store works.
  package var failure: StoreError? {
    get { state.withLock(\.failure) }
    set { state.withLock { $0.failure = newValue } }
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

  /// Counts a call of a reading function, which fails while the store does.
  func read(_ port: Port) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      state.readCounts[port, default: 0] += 1
      if let failure = state.failure { throw failure }
    }
  }

  /// Fails while the store does.
  func write() throws(StoreError) {
    if let failure { throw failure }
  }
}

extension TestStore {
  /// The parts of a store whose reads are counted.
  package enum Port: Sendable {
    case clients
    case scopes
    case resources
    case keys
    case revocations
    case audit
    case changes
    case serverState
    case uses
  }

  /// Calls that can be held up.
  package enum Held: Sendable {
    /// Revocations that are written.
    case revocations
    /// Clients that are read, by identifier.
    case clientReads
  }
}
