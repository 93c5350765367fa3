import Synchronization
import TesseraJOSE

/// What the store is to be told of what token requests came to.
///
/// Counting is a look at the client's own memory; the memory of all is touched once for each client and interval, and for
/// what nobody has made who is known.
struct PendingUsage: Sendable {
  /// Whose usage it is, and when.
  struct Key: Hashable, Sendable {
    /// Nil for what is counted under no client.
    let clientID: ClientID?
    let hour: UsageHour
  }

  /// Clients with counts in their memory, which may have been changed or forgotten since.
  var clients: [CachedClient] = []
  /// Refusals of those whom nobody knows.
  var strangers = UsageTally()
  /// What there was no room for, and what the store could not be told.
  var untold: [Key: UsageCounts] = [:]

  /// Keeps counts, as far as there is room under their client; else under none, so that the sum stays right.
  mutating func keep(_ counts: UsageCounts, _ key: Key, atMost limit: Int) {
    let isRoom = untold.count < limit || untold[key] != nil
    untold[isRoom ? key : Key(clientID: nil, hour: key.hour), default: UsageCounts()].add(counts)
  }
}

/// Usage of the tokens that are issued: for each client and hour how many, with which scopes, and what was refused.
extension Replica {
  /// How many hours of clients the store is told at once, so that no write takes long.
  private static let usageBatchSize = 10_000

  /// Notes in memory that a client got a token.
  func noteIssued(_ access: GrantedAccess, to client: CachedClient, at now: Timestamp) {
    noteUse(of: client, at: now)
    guard client.countUsage({ $0.countIssued(access, at: now) }) else { return }
    pend(client)
  }

  /// Notes in memory that a client was refused a token; nil for somebody whom nobody knows.
  func noteDenied(_ code: OAuthError.Code, _ client: CachedClient?, at now: Timestamp) {
    guard let client else {
      usage.withLock { $0.strangers.countDenied(code, at: now) }
      return
    }
    guard client.countUsage({ $0.countDenied(code, at: now) }) else { return }
    pend(client)
  }

  private func pend(_ client: CachedClient) {
    usage.withLock { pending in
      if pending.clients.count < settings.maximumClients {
        pending.clients.append(client)
      } else {
        // The client comes again with its next request.
        for (hour, counts) in client.takeUsage().counts {
          pending.keep(counts, PendingUsage.Key(clientID: nil, hour: hour), atMost: 0)
        }
      }
    }
  }

  /// How many hours of clients, and clients, there is something to tell of.
  package var unrecordedUsage: Int { usage.withLock { $0.clients.count + $0.untold.count } }

  /// Tells the store what was counted, of all clients together; what could not be told is told the next time.
  package func recordUsage() async throws(StoreError) {
    let pending = usage.withLock { pending in
      defer { pending = PendingUsage() }
      return pending
    }
    var counted = pending.untold
    func add(_ tally: UsageTally, of id: ClientID?) {
      for (hour, counts) in tally.counts {
        counted[PendingUsage.Key(clientID: id, hour: hour), default: UsageCounts()].add(counts)
      }
    }
    add(pending.strangers, of: nil)
    for client in pending.clients { add(client.takeUsage(), of: client.client.id) }
    var rest = Array(counted)[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Replica.usageBatchSize)
      do throws(StoreError) {
        try await store.addUsage(Replica.withTotals(batch))
      } catch {
        usage.withLock { pending in
          for (key, counts) in rest { pending.keep(counts, key, atMost: settings.maximumClients) }
        }
        throw error
      }
      rest = rest.dropFirst(batch.count)
    }
  }

  /// These as the store keeps them: each under its client, and all together.
  private static func withTotals(
    _ batch: ArraySlice<(key: PendingUsage.Key, value: UsageCounts)>
  ) -> [ClientUsage] {
    var totals: [UsageHour: UsageCounts] = [:]
    for (key, counts) in batch { totals[key.hour, default: UsageCounts()].add(counts) }
    return batch.filter { $0.key.clientID != nil }.map {
      ClientUsage(clientID: $0.key.clientID, hour: $0.key.hour, counts: $0.value)
    } + totals.map { ClientUsage(clientID: nil, hour: $0.key, counts: $0.value) }
  }
}
