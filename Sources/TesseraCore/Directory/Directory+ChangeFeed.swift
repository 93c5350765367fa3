import Logging
import Synchronization
import TesseraSupport

extension Directory {
  /// How many changes are asked for at once.
  private static let batchSize = 1000

  /// Takes in changes until the task is cancelled.
  package func follow() async {
    var isFailing = false
    while !Task.isCancelled {
      do throws(StoreError) {
        try await catchUp()
        if isFailing { logger.notice("the store answers again") }
        isFailing = false
      } catch {
        // The store itself gives up a call whose task is cancelled, which says nothing about the store.
        if Task.isCancelled { return }
        if !isFailing { logger.error("the store does not answer", metadata: ["detail": "\(error)"]) }
        isFailing = true
      }
      try? await Task.sleep(for: .milliseconds(settings.pollInterval))
    }
  }

  /// Takes in what has changed so far.
  ///
  /// A process that changed something itself calls this for the change to count at once.
  package func catchUp() async throws(StoreError) {
    while true {
      let heard = monotonicClock.milliseconds
      let sequence = state.withLock { $0.sequence }
      // With the last that was taken in, which tells in the same question whether the feed still goes on from there.
      let found = try await store.changes(after: sequence - 1, limit: Directory.batchSize)
      let changes = found.filter { $0.sequence > sequence }
      if sequence > 0, found.first?.sequence != sequence {
        try await reload()
      } else {
        try await take(changes)
        state.withLock { state in
          if let last = changes.last { state.sequence = max(state.sequence, last.sequence) }
        }
      }
      state.withLock { $0.lastHeard = max($0.lastHeard, heard) }
      if found.count < Directory.batchSize { return }
    }
  }

  /// Forgets all clients and reads the rest again: changes are missing, because older ones were removed before they
  /// were read here, or the store was replaced by a backup of itself.
  private func reload() async throws(StoreError) {
    let sequence = try await store.latestChange()
    let facts = try await Directory.readFacts(from: store, masterKey: masterKey)
    try await readRevocations(through: sequence)
    state.withLock { state in
      state.epoch += 1
      state.clients = GenerationalCache(capacity: settings.maximumClients)
      state.unknownClients = GenerationalCache(capacity: Directory.maximumUnknownClients)
      state.facts = facts
      state.sequence = sequence
    }
  }

  private func take(_ changes: [Change]) async throws(StoreError) {
    guard !changes.isEmpty else { return }
    guard !changes.contains(where: { $0.subject == .unknown }) else { return try await reload() }
    var factsChanged = false
    try await takeRevocations(changes)
    for change in changes {
      switch change.subject {
      case .client(let id):
        state.withLock { state in
          state.epoch += 1
          state.clients.remove(id)
          state.unknownClients.remove(id)
        }
        if let notBefore = try await store.clientNotBefore(of: id) {
          state.withLock { $0.feed.insert(notBefore, longestLifetime: settings.longestTokenLifetime) }
        }
      case .revocation: break
      case .scopes, .resources, .keys, .serverState, .unknown: factsChanged = true
      }
    }
    if factsChanged {
      let facts = try await Directory.readFacts(from: store, masterKey: masterKey)
      state.withLock { $0.facts = facts }
    }
  }

  /// Reads keys, scopes, resources and server state.
  ///
  /// A store of another master key is an error here, so that nothing is ever sealed with it.
  static func readFacts(
    from store: any Store,
    masterKey: MasterKey
  ) async throws(StoreError) -> DirectoryFacts {
    guard let serverState = try await store.serverState() else {
      throw .invalid("the store is not initialised")
    }
    let keys = try await store.keys()
    let keyRing: KeyRing
    do throws(KeyUnwrappingError) {
      keyRing = try KeyRing(keys, masterKey: masterKey)
    } catch {
      throw .invalid(error.description)
    }
    return DirectoryFacts(
      keyRing: keyRing,
      scopes: try await store.scopes(),
      resources: try await store.resources(),
      serverState: serverState
    )
  }
}
