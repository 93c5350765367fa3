package import TesseraJOSE

/// What a store writes for one thing that is done, all of it in one transaction.
///
/// The rules of what follows from what stand in the functions that make one, so that no store has rules of its own. They
/// are pure: they take what the store has read in the same transaction, and throw what its caller is to get.
package struct Mutation: Sendable, Equatable {
  /// One row, or the rows of one thing, that are written.
  package enum Write: Sendable, Equatable {
    /// A client that is new, with its secrets.
    case insertClient(Client)
    /// A client in place of the one with its identifier, with its secrets.
    case updateClient(Client)
    case deleteClient(ClientID)
    /// From when the tokens of a client are active, in place of what was said before, with the time of the event and
    /// the number of the change; see `notBefore`.
    case setNotBefore(ClientID, Timestamp)
    case insertScope(ScopeDefinition)
    case updateScope(ScopeDefinition)
    case insertResource(ResourceDefinition)
    case updateResource(ResourceDefinition)
    case insertKey(WrappedKey)
    case updateKey(WrappedKey)
    case deleteKey(UInt16)
    case setServerState(ServerState)
    /// A revocation, with the number of the change.
    case insertRevocation(Revocation)
    /// The revocations of the tokens of a client, of those that expired before a time where one is given.
    case deleteRevocations(of: ClientID, expiredBefore: Timestamp?)
  }

  /// The audit row.
  package let audit: AuditEvent
  /// The rows of the feed, in this order.
  ///
  /// What is written has the number of the last.
  package let changes: [Change.Subject]
  /// The data, in this order.
  package let writes: [Write]

  private init(_ audit: AuditEvent, _ changes: Change.Subject..., writes: [Write]) {
    self.audit = audit
    self.changes = changes
    self.writes = writes
  }

  /// What is stored for `Write.setNotBefore` when this is the number of the change.
  package func notBefore(_ time: Timestamp, of id: ClientID, at sequence: Int64) -> ClientNotBefore {
    ClientNotBefore(clientID: id, notBefore: time, madeAt: audit.time, sequence: sequence)
  }
}

// MARK: - Clients

extension Mutation {
  /// A new client; `earlier` is what the store has of the tokens of one that had its identifier.
  ///
  /// Throws `conflict` when its identifier is taken, when another has its name (`namesakes` are the names of all other
  /// clients that have the same `Name.key`), or when two of its secrets have one name.
  package static func inserting(
    _ client: Client,
    isTaken: Bool,
    namesakes: [String],
    after earlier: ClientNotBefore?,
    audit: AuditEvent
  ) throws(StoreError) -> Mutation {
    guard !isTaken else { throw .conflict("There is a client \(client.id) already") }
    let client = earlier.map(client.succeeding) ?? client
    try checkNames(of: client, since: nil, namesakes: namesakes)
    let cutOff = earlier == nil ? [] : [Write.setNotBefore(client.id, client.notBefore)]
    return Mutation(audit, .client(client.id), writes: [.insertClient(client)] + cutOff)
  }

  /// A client in place of what it was; the not-before follows it.
  ///
  /// Throws `conflict` as `inserting` does, for names that it did not have before.
  package static func updating(
    _ earlier: Client,
    to client: Client,
    namesakes: [String],
    audit: AuditEvent
  ) throws(StoreError) -> Mutation {
    try checkNames(of: client, since: earlier, namesakes: namesakes)
    return replacing(earlier, by: client, audit: audit)
  }

  /// A client that goes with its secrets, and all its tokens with it.
  ///
  /// `found` is its version. Throws `notFound` when there is none, and `versionMismatch` when another is given.
  package static func deleting(
    _ id: ClientID,
    found: Int?,
    ifVersion version: Int?,
    audit: AuditEvent
  ) throws(StoreError) -> Mutation {
    guard let found else { throw .noClient(id) }
    if let version, version != found { throw .versionMismatch(given: version, current: found) }
    return Mutation(audit, .client(id), writes: [.deleteClient(id), .setNotBefore(id, .distantFuture)])
  }

  /// A client whose tokens are taken back by what was done to something else, which `cause` tells of.
  package static func revokingTokens(of client: Client, because cause: AuditEvent) -> Mutation {
    var revoked = client
    revoked.revokeTokens(at: cause.time)
    revoked.version += 1
    return replacing(client, by: revoked, audit: cause.revokingTokens(of: client.id))
  }

  private static func replacing(_ earlier: Client, by client: Client, audit: AuditEvent) -> Mutation {
    let cutOff =
      client.notBefore == earlier.notBefore ? [] : [Write.setNotBefore(client.id, client.notBefore)]
    return Mutation(audit, .client(client.id), writes: [.updateClient(client)] + cutOff)
  }

  private static func checkNames(
    of client: Client,
    since earlier: Client?,
    namesakes: [String]
  ) throws(StoreError) {
    let isSameKey = earlier.map { Name.key(of: $0.name) } == Name.key(of: client.name)
    // Those that had one key before names were compared by it may go on, but not under the very same name.
    if let other = isSameKey
      ? namesakes.first(where: { $0.utf8.elementsEqual(client.name.utf8) }) : namesakes.first
    {
      throw .conflict("There is a client named \"\(other)\" already")
    }
    let names = Dictionary(grouping: client.secrets, by: { Array($0.name.utf8) })
    let repeated = names.values.first { $0.count > 1 }?.first?.name
    if let name = repeated ?? client.repeatedSecretName(since: earlier) {
      throw .conflict("Client \(client.id) has a secret named \"\(name)\" already")
    }
  }
}

// MARK: - Revocations

extension Mutation {
  /// The revocations that a store has of a client and of all.
  package struct Standing: Sendable {
    package let ofClient: Int
    package let ofAll: Int
    /// How many of the client's are of tokens that have expired; needed where there is no room.
    package var expired = 0
    /// When the last of the client's tokens was issued that are revoked and have not expired; needed where there is no
    /// room without the expired ones either.
    package var lastIssued: Timestamp?

    package init(ofClient: Int, ofAll: Int) {
      self.ofClient = ofClient
      self.ofAll = ofAll
    }

    /// Whether one more of the client can be recorded by itself.
    package func hasRoom(within limit: RevocationLimit) -> Bool {
      limit.allowsAnother(ofClient: ofClient, ofAll: ofAll)
    }

    /// Whether it can when those that have expired are gone.
    package func hasRoomWithoutExpired(within limit: RevocationLimit) -> Bool {
      limit.allowsAnother(ofClient: ofClient - expired, ofAll: ofAll - expired)
    }
  }

  /// A token that is revoked, of a client that may be gone.
  ///
  /// Where the limit allows no more of the client, its revocations whose token has expired make room. Where that is not
  /// enough, the client's not-before takes over, and all its revocations go. A client that does not exist has no limit:
  /// it cannot revoke.
  package static func revoking(
    _ revocation: Revocation,
    of client: Client?,
    beside standing: Standing,
    limit: RevocationLimit,
    audit: AuditEvent
  ) -> Mutation {
    let insertion = Write.insertRevocation(revocation)
    guard var client, !standing.hasRoom(within: limit) else {
      return Mutation(audit, .revocation(revocation.token), writes: [insertion])
    }
    guard !standing.hasRoomWithoutExpired(within: limit) else {
      let removal = Write.deleteRevocations(of: client.id, expiredBefore: audit.time)
      return Mutation(audit, .revocation(revocation.token), writes: [removal, insertion])
    }
    client.revokeTokens(
      issuedUntil: revocation.issuedAt,
      standing.lastIssued ?? revocation.issuedAt,
      at: audit.time
    )
    client.version += 1
    return Mutation(
      audit.takenOver(by: client.id, from: standing.ofClient - standing.expired + 1),
      .client(client.id),
      writes: [
        .updateClient(client), .deleteRevocations(of: client.id, expiredBefore: nil),
        // Also where it was as late before: when that was decided may be forgotten already.
        .setNotBefore(client.id, client.notBefore),
      ]
    )
  }

  /// What the caller of a revocation gets when this is the number of the change.
  package func outcome(of revocation: Revocation, at sequence: Int64) -> RevocationOutcome {
    for case .setNotBefore(let id, let time) in writes {
      return .client(notBefore(time, of: id, at: sequence))
    }
    return .token(RevocationRecord(sequence: sequence, revocation))
  }
}

// MARK: - Scopes, resources and keys

extension Mutation {
  /// A new scope.
  ///
  /// Throws `conflict` when its name is taken, by a retired scope too.
  package static func inserting(
    _ definition: ScopeDefinition,
    isTaken: Bool,
    audit: AuditEvent
  ) throws(StoreError) -> Mutation {
    guard !isTaken else { throw .conflict("There is a scope \(definition.scope) already") }
    return Mutation(audit, .scopes, writes: [.insertScope(definition)])
  }

  /// A scope that is given to nobody any more.
  ///
  /// Throws `notFound`, and `conflict` when it is already retired.
  package static func retiring(
    _ scope: Scope,
    found: ScopeDefinition?,
    at time: Timestamp,
    audit: AuditEvent
  ) throws(StoreError) -> Mutation {
    guard var definition = found else { throw .notFound("There is no scope \(scope)") }
    guard definition.retiredAt == nil else { throw .conflict("Scope \(scope) is already retired") }
    definition.retiredAt = time
    return Mutation(audit, .scopes, writes: [.updateScope(definition)])
  }

  /// A new resource, and before it the key that it needs.
  ///
  /// Throws `conflict` when its URI is taken, by a retired resource too, and when the key cannot be added to those
  /// there are.
  package static func inserting(
    _ definition: ResourceDefinition,
    isTaken: Bool,
    with key: KeyChange?,
    among keys: [WrappedKey],
    audit: AuditEvent
  ) throws(StoreError) -> [Mutation] {
    guard !isTaken else { throw .conflict("There is a resource \(definition.resource) already") }
    return try changingKeys(key.map { [$0] } ?? [], among: keys)
      + [Mutation(audit, .resources, writes: [.insertResource(definition)])]
  }

  /// A resource in place of what it was, and before it the key that it needs now.
  ///
  /// Throws `conflict` when that cannot be added.
  package static func updating(
    to definition: ResourceDefinition,
    with key: KeyChange?,
    among keys: [WrappedKey],
    audit: AuditEvent
  ) throws(StoreError) -> [Mutation] {
    try changingKeys(key.map { [$0] } ?? [], among: keys)
      + [Mutation(audit, .resources, writes: [.updateResource(definition)])]
  }

  /// Changes of keys in their order.
  ///
  /// Throws `conflict` when the number of a new key is taken and when a key is no longer as it was expected, `notFound`
  /// when one is not there.
  package static func changingKeys(
    _ changes: [KeyChange],
    among keys: [WrappedKey]
  ) throws(StoreError) -> [Mutation] {
    var known = Dictionary(uniqueKeysWithValues: keys.map { ($0.number, $0) })
    var mutations: [Mutation] = []
    for change in changes {
      let write: Write
      switch change.kind {
      case .add(let key):
        guard known.updateValue(key, forKey: key.number) == nil else {
          throw .conflict("There is a key \(key.number) already")
        }
        write = .insertKey(key)
      case .move(let number, let expected, let time):
        guard var key = known[number] else { throw .notFound("There is no key \(number)") }
        guard key.activatesAt == expected else { throw .conflict("Key \(number) was changed meanwhile") }
        key.activatesAt = time
        known[number] = key
        write = .updateKey(key)
      case .remove(let number):
        guard known.removeValue(forKey: number) != nil else { throw .notFound("There is no key \(number)") }
        write = .deleteKey(number)
      }
      mutations.append(Mutation(change.audit, .keys, writes: [write]))
    }
    return mutations
  }
}

// MARK: - The whole server

extension Mutation {
  /// The first content of a store; nil when it has had some already, which `state` tells.
  ///
  /// Throws `conflict` when a resource, a scope or a key is there all the same.
  package static func initialising(
    _ initial: InitialState,
    state: ServerState?,
    resources: [ResourceDefinition],
    scopes: [ScopeDefinition],
    keys: [WrappedKey],
    audit: AuditEvent
  ) throws(StoreError) -> Mutation? {
    guard state == nil else { return nil }
    var writes = [Write.setServerState(initial.serverState)]
    for definition in initial.resources {
      let isTaken = resources.contains { $0.resource == definition.resource }
      writes += try inserting(definition, isTaken: isTaken, with: nil, among: [], audit: audit)
        .flatMap(\.writes)
    }
    for definition in initial.scopes {
      let isTaken = scopes.contains { $0.scope == definition.scope }
      writes += try inserting(definition, isTaken: isTaken, audit: audit).writes
    }
    let additions = initial.keys.map { KeyChange(.add($0), audit: audit) }
    writes += try changingKeys(additions, among: keys).flatMap(\.writes)
    return Mutation(audit, .serverState, .resources, .scopes, .keys, writes: writes)
  }

  /// The time before which no token is active.
  ///
  /// Throws `notFound` while there is no state.
  package static func settingTokensNotBefore(
    _ time: Timestamp,
    in state: ServerState?,
    mayGoBack: Bool,
    audit: AuditEvent
  ) throws(StoreError) -> Mutation {
    guard var state else { throw .notFound("The store is not initialised") }
    state.tokensNotBefore = mayGoBack ? time : max(state.tokensNotBefore ?? time, time)
    return Mutation(audit, .serverState, writes: [.setServerState(state)])
  }
}

extension StoreError {
  /// There is no client with this identifier.
  package static func noClient(_ id: ClientID) -> StoreError { .notFound("There is no client \(id)") }
  /// There is no resource with this URI.
  package static func noResource(_ resource: Resource) -> StoreError {
    .notFound("There is no resource \(resource)")
  }
}
