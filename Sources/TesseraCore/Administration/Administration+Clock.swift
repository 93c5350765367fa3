extension Administration {
  /// What was set back after the clock was ahead.
  package struct ClockRepair: Sendable {
    /// How many keys were replaced.
    package let keys: Int
    /// The clients whose times were ahead.
    package let clients: [ClientID]
  }

  /// Makes every token so far invalid for good, and what is stored ahead of the clock agree with it.
  ///
  /// For a machine whose clock was ahead and was set back. Times that tokens are compared with cannot just be set
  /// back: tokens that were revoked by them would live again. So first no token of before can be read any more, by new
  /// keys. Each step is a transaction of its own; when it fails in between it is done again from the start.
  package func repairAfterClockWasAhead() async throws(StoreError) -> ClockRepair {
    let keys = try await replaceKeys()
    try await store.resetTokensNotBefore(
      clock.now.justAfter,
      audit: event(.allTokensRevoked, "server", ["clock": "set back"])
    )
    return ClockRepair(keys: keys, clients: try await resetClientTimes())
  }

  /// What is stored ahead of the clock and concerns all tokens, in words; nil when nothing is.
  package func timesAhead(_ facts: DirectoryFacts) -> String? {
    let now = clock.now
    if let notBefore = facts.serverState.tokensNotBefore, notBefore > now.advanced(bySeconds: 60) {
      return "all tokens are revoked up to \(notBefore.iso8601)"
    }
    let latest = now.advanced(bySeconds: rotation.lead + 60)
    guard let key = facts.keyRing.stored.first(where: { $0.activatesAt > latest }) else { return nil }
    return "key \(key.number) is not used before \(key.activatesAt.iso8601)"
  }

  /// The new keys are there before the old ones go.
  private func replaceKeys() async throws(StoreError) -> Int {
    let old = try await store.keys()
    var numbers = Set(old.map(\.number))
    for use in Set(old.map(\.use)).sorted(by: { $0.description < $1.description }) {
      guard let last = numbers.max(), last < .max else { throw .conflict("all key numbers are used up") }
      let key = try newKey(number: last + 1, for: use, activatesAt: clock.now)
      try await store.insertKey(
        key,
        audit: event(.keyRotated, "key \(key.number)", ["use": use.description])
      )
      numbers.insert(key.number)
    }
    for key in old {
      do throws(StoreError) {
        try await store.removeKey(key.number, audit: event(.keyRemoved, "key \(key.number)"))
      } catch .notFound {
        // A server that runs has removed it meanwhile.
        continue
      }
    }
    return old.count
  }

  private func resetClientTimes() async throws(StoreError) -> [ClientID] {
    let now = clock.now
    var repaired: [ClientID] = []
    var last: ClientID?
    while true {
      let clients = try await store.clients(after: last, limit: Administration.clientsAtOnce)
      for client in clients where max(client.createdAt, client.tokensNotBefore ?? now) > now {
        try await store.updateClient(
          client.id,
          audit: event(.clientUpdated, client.id.rawValue, ["clock": "set back"])
        ) { client throws(StoreError) in
          client.createdAt = min(client.createdAt, now)
          client.tokensNotBefore = client.tokensNotBefore.map { min($0, now) }
          client.updatedAt = now
        }
        repaired.append(client.id)
      }
      guard clients.count == Administration.clientsAtOnce else { return repaired }
      last = clients.last?.id
    }
  }
}
