import Logging
import Synchronization
import TesseraJOSE
import TesseraSupport

extension Replica {
  /// How many changes are asked for at once.
  private static let batchSize = 1000

  /// Applies changes until the task is cancelled.
  package func follow() async {
    var isFailing = false
    while !Task.isCancelled {
      do throws(StoreError) {
        try await catchUp()
        if isFailing { logger.notice("the store answers again") }
        isFailing = false
        try await waitForChange()
      } catch {
        // The store itself gives up a call whose task is cancelled, which says nothing about the store.
        if Task.isCancelled { return }
        if !isFailing { logger.error("the store does not answer", metadata: ["detail": "\(error)"]) }
        isFailing = true
        await pause()
      }
    }
  }

  /// Waits for a change after the last that was taken in.
  ///
  /// That there is none is word from the store as well.
  private func waitForChange() async throws(StoreError) {
    let sequence = state.withLock { $0.sequence }
    let asked = Mutex(monotonicClock.milliseconds)
    try await store.waitForChange(after: sequence) {
      self.version.hear(asOf: asked.withLock { $0 })
      await self.pause()
      asked.withLock { $0 = self.monotonicClock.milliseconds }
    }
  }

  private func pause() async {
    try? await Task.sleep(for: .milliseconds(settings.pollInterval))
  }

  /// Applies all changes so far.
  ///
  /// A process that changed something itself calls this for the change to count at once.
  package func catchUp() async throws(StoreError) {
    try await takeMasterKey()
    while true {
      let heard = monotonicClock.milliseconds
      let sequence = state.withLock { $0.sequence }
      // With the last that was taken in, which tells in the same question whether the feed still goes on from there.
      let found = try await store.changes(after: sequence - 1, limit: Replica.batchSize)
      let changes = found.filter { $0.sequence > sequence }
      if sequence > 0, found.first?.sequence != sequence {
        try await reload()
      } else {
        try await take(changes)
        state.withLock { state in
          if let last = changes.last { state.sequence = max(state.sequence, last.sequence) }
        }
      }
      // As long as there is more, what is in memory is older than this answer.
      guard found.count < Replica.batchSize else { continue }
      return version.hear(asOf: heard)
    }
  }

  /// Forgets all clients and reads the rest again: changes are missing, because older ones were removed before they
  /// were read here, or the store was replaced by a backup of itself.
  private func reload() async throws(StoreError) {
    let store = try store
    let sequence = try await store.latestChange()
    let facts = try await readFacts(from: store)
    try await readRevocations(through: sequence)
    state.withLock { state in
      state.epoch += 1
      state.clients = GenerationalCache(capacity: settings.maximumClients)
      state.unknownClients = GenerationalCache(capacity: Replica.maximumUnknownClients)
      state.facts = facts
      state.sequence = sequence
      version.advance()
    }
    letReadersForget()
  }

  /// Event loops that serve nobody hear of it too, so that keys that are gone stay in no memory.
  private func letReadersForget() {
    for reader in readers.withLock({ $0.map(\.reader) }) { reader?.forgetFormer() }
  }

  private func take(_ changes: [Change]) async throws(StoreError) {
    guard !changes.isEmpty else { return }
    guard !changes.contains(where: { $0.subject == .unknown }) else { return try await reload() }
    try await takeRevocations(changes)
    var clients = Set<ClientID>()
    var factsChanged = false
    for change in changes {
      switch change.subject {
      case .client(let id): clients.insert(id)
      case .revocation: break
      case .scopes, .resources, .keys, .serverState, .unknown: factsChanged = true
      }
    }
    if !clients.isEmpty { try await drop(clients) }
    if factsChanged {
      let facts = try await readFacts(from: store)
      state.withLock { state in
        state.facts = facts
        version.advance()
      }
      letReadersForget()
    }
  }

  /// Forgets clients that have changed, and reads which of their tokens are inactive.
  private func drop(_ clients: Set<ClientID>) async throws(StoreError) {
    state.withLock { state in
      state.epoch += 1
      for id in clients { state.drop(id) }
      version.advance()
    }
    let notBefores = try await store.clientNotBefores(of: Array(clients))
    state.withLock { state in
      for notBefore in notBefores {
        state.feed.insert(notBefore, longestLifetime: settings.longestTokenLifetime)
      }
    }
  }
}
