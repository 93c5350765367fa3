import TesseraJOSE

/// What was counted of token requests that the store could not be told.
struct UntoldUsage: Sendable {
  /// Whose usage it is, and when.
  struct Key: Hashable, Sendable {
    /// Nil for what is counted under no client.
    let clientID: ClientID?
    let hour: UsageHour
  }

  var counts: [Key: UsageCounts] = [:]

  /// Keeps counts, as far as there is room under their client; else under none, so that the sum stays right.
  mutating func keep(_ more: UsageCounts, _ key: Key, atMost limit: Int) {
    let isRoom = counts.count < limit || counts[key] != nil
    counts[isRoom ? key : Key(clientID: nil, hour: key.hour), default: UsageCounts()].add(more)
  }
}

/// Usage of the tokens that are issued: for each client and hour how many, with which scopes, and what was refused.
extension Replica {
  /// How many hours of clients the store is told at once, so that no write takes long.
  private static let usageBatchSize = 10_000

  /// How many hours of clients, and clients, there is something to tell of.
  package var unrecordedUsage: Int {
    let untold = untoldUsage.withLock { $0.counts.count } + noteRoom.overflowCount
    return allNotes.reduce(untold) { $0 + $1.usageCount }
  }

  /// Tells the store what was counted, of all clients together; what could not be told is told the next time.
  package func recordUsage() async throws(StoreError) {
    var counted = untoldUsage.withLock { untold in
      defer { untold = UntoldUsage() }
      return untold.counts
    }
    for (hour, counts) in noteRoom.takeOverflow() {
      counted[UntoldUsage.Key(clientID: nil, hour: hour), default: UsageCounts()].add(counts)
    }
    for notes in allNotes {
      notes.takeUsage { id, hour, counts in
        counted[UntoldUsage.Key(clientID: id, hour: hour), default: UsageCounts()].add(counts)
      }
    }
    var rest = Array(counted)[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Replica.usageBatchSize)
      do throws(StoreError) {
        try await store.addUsage(Replica.withTotals(batch))
      } catch {
        untoldUsage.withLock { untold in
          for (key, counts) in rest { untold.keep(counts, key, atMost: settings.maximumClients) }
        }
        throw error
      }
      rest = rest.dropFirst(batch.count)
    }
  }

  /// These as the store keeps them: each under its client, and all together.
  private static func withTotals(
    _ batch: ArraySlice<(key: UntoldUsage.Key, value: UsageCounts)>
  ) -> [ClientUsage] {
    var totals: [UsageHour: UsageCounts] = [:]
    for (key, counts) in batch { totals[key.hour, default: UsageCounts()].add(counts) }
    return batch.filter { $0.key.clientID != nil }.map {
      ClientUsage(clientID: $0.key.clientID, hour: $0.key.hour, counts: $0.value)
    } + totals.map { ClientUsage(clientID: nil, hour: $0.key, counts: $0.value) }
  }
}
