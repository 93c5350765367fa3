import TesseraJOSE
import TesseraSupport

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
  /// keys: all of them in one transaction, then the server's time, then each client's. When it fails in between, it can be
  /// done again from the start.
  package func repairAfterClockWasAhead() async throws(AdministrationError) -> ClockRepair {
    try await ask(about: .server, await repair())
  }

  private func repair() async throws(StoreError) -> ClockRepair {
    let keys = try await replaceKeys()
    try await store.setTokensNotBefore(
      clock.now.justAfter,
      mayGoBack: true,
      audit: event(.allTokensRevoked, "server", ["clock": "set back"])
    )
    return ClockRepair(keys: keys, clients: try await resetClientTimes())
  }

  /// What is stored ahead of the clock and concerns all tokens, in words; nil when nothing is.
  package func timesAhead(_ facts: ReplicaFacts) -> String? {
    let now = clock.now
    if let notBefore = facts.serverState.tokensNotBefore, notBefore > now.advanced(bySeconds: 60) {
      return "all tokens are revoked up to \(notBefore.iso8601)"
    }
    let latest = now.advanced(bySeconds: rotation.lead + 60)
    guard let key = facts.keyRing.stored.first(where: { $0.activatesAt > latest }) else { return nil }
    return "key \(key.number) is not used before \(key.activatesAt.iso8601)"
  }

  /// All keys at once, so that there is never a moment without one.
  private func replaceKeys() async throws(StoreError) -> Int {
    let old = try await store.keys()
    var last = old.map(\.number).max()
    var changes: [KeyChange] = []
    for use in Set(old.map(\.use)).sorted(by: { $0.description < $1.description }) {
      guard let number = last, number < .max else { throw .conflict("all key numbers are used up") }
      changes.append(try newKey(numbered: number + 1, for: use, activatesAt: clock.now).addition)
      last = number + 1
    }
    changes += old.map { key in
      KeyChange(.remove(key.number), audit: event(.keyRemoved, "key \(key.number)"))
    }
    do throws(StoreError) {
      try await store.changeKeys(changes)
    } catch .notFound {
      throw .conflict("a server has removed a key in the meantime; nothing was changed, so run it again")
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
          client.version += 1
        }
        repaired.append(client.id)
      }
      guard clients.count == Administration.clientsAtOnce else { return repaired }
      last = clients.last?.id
    }
  }
}
