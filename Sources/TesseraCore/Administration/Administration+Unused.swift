package import TesseraJOSE
import TesseraSupport

/// Something that nobody used for some time.
package struct Unused: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    case client, secret, key, trust, scope
  }

  package let kind: Kind
  /// The client that it is or belongs to; nil for a scope.
  package let clientID: ClientID?
  package let clientName: String?
  /// The name of the secret, the key, the trust or the scope; nil for a client.
  package let name: String?
  package let createdAt: Timestamp
  /// When it was used last; nil when no use is known.
  package let lastUsedAt: Timestamp?
  /// Since when uses are known to be counted; nil when nothing was counted yet.
  package let countedSince: Timestamp?
  /// Whether there was no use in all of that time; else only that none is known.
  package let isCertain: Bool
}

/// What nobody used, so that it can be removed.
extension Administration {
  /// How long it is that something was not used.
  private struct Disuse {
    let since: Timestamp
    let countedSince: Timestamp?

    /// Whether something of this age, used last then, was not used for so long.
    func holds(_ createdAt: Timestamp, _ lastUsedAt: Timestamp?) -> Bool {
      createdAt <= since && lastUsedAt.map { $0 < since } ?? true
    }

    func found(
      _ kind: Unused.Kind,
      of client: Client? = nil,
      named name: String? = nil,
      _ createdAt: Timestamp,
      _ lastUsedAt: Timestamp?
    ) -> Unused {
      Unused(
        kind: kind,
        clientID: client?.id,
        clientName: client?.name,
        name: name,
        createdAt: createdAt,
        lastUsedAt: lastUsedAt,
        countedSince: countedSince,
        isCertain: lastUsedAt != nil || countedSince.map { $0 <= since } ?? false
      )
    }
  }

  private func disuse(_ days: Int) async throws(AdministrationError) -> Disuse {
    guard (1...Administration.maximumUsageDays).contains(days) else {
      throw .invalid(nil, "days has to be 1 to \(Administration.maximumUsageDays)")
    }
    return Disuse(
      since: clock.now.advanced(bySeconds: -86_400 * Int64(days)),
      countedSince: try await ask(about: .server, await store.firstUsage())?.start
    )
  }

  /// The scopes that can be asked for and were in no token for so many days.
  package func unusedScopes(days: Int) async throws(AdministrationError) -> [Unused] {
    let disuse = try await disuse(days)
    var lastUses: [String: Timestamp] = [:]
    if let first = disuse.countedSince {
      let hours = UsageHour(of: first)..<UsageHour(of: clock.now).advanced(by: 1)
      for usage in try await usage(of: nil, in: hours) {
        for scope in usage.counts.scopes.keys { lastUses[scope] = usage.hour.start }
      }
    }
    return try await scopes().filter { $0.retiredAt == nil }.compactMap { definition in
      let (name, createdAt) = (definition.scope.name, definition.createdAt)
      // The use was in that hour, not at its beginning.
      let lastUsedAt = lastUses[name].map { UsageHour(of: $0).advanced(by: 1).start }
      guard disuse.holds(createdAt, lastUsedAt) else { return nil }
      return disuse.found(.scope, named: name, createdAt, lastUses[name])
    }
  }

  /// Of at most `limit` clients, those after `id` when it is given, the ones that nobody used for so many days, and the
  /// secrets, keys and trusts that nobody used of the others; `next` is the client after which the rest begins.
  ///
  /// A client is used when it gets a token, and when it proves by a secret or a key who it is.
  package func unusedClients(
    days: Int,
    after id: ClientID? = nil,
    limit: Int
  ) async throws(AdministrationError) -> (found: [Unused], next: ClientID?) {
    let disuse = try await disuse(days)
    let page = try await clients(after: id, limit: limit)
    let lastUses = try await ask(about: .client, await store.lastUses(of: page.elements.map(\.id)))
    var found: [Unused] = []
    for client in page.elements where client.createdAt <= disuse.since {
      let uses = try await ask(about: .client, await store.secretUses(of: client.id))
      func lastUse(_ name: String, _ madeAt: Timestamp) -> Timestamp? {
        uses.first { $0.secret == name && $0.madeAt == madeAt }?.lastUsedAt
      }
      let lastUsedAt = (uses.map(\.lastUsedAt) + [lastUses[client.id]].compactMap { $0 }).max()
      if disuse.holds(client.createdAt, lastUsedAt) {
        found.append(disuse.found(.client, of: client, client.createdAt, lastUsedAt))
        continue
      }
      let credentials: [(kind: Unused.Kind, name: String, madeAt: Timestamp)] =
        client.secrets.map { (.secret, $0.name, $0.createdAt) }
        + client.keyMetadata.keys.map { (.key, $0.name, $0.createdAt) }
        + client.keyMetadata.trusts.map { (.trust, $0.name, $0.createdAt) }
      for (kind, name, madeAt) in credentials {
        let lastUsedAt = lastUse(name, madeAt)
        guard disuse.holds(madeAt, lastUsedAt) else { continue }
        found.append(disuse.found(kind, of: client, named: name, madeAt, lastUsedAt))
      }
    }
    return (found, page.next)
  }
}
