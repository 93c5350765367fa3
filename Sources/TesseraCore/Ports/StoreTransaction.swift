package import TesseraJOSE

/// What a transaction of a store reads, and how it writes; whatever is done to a store is made of these.
///
/// What it has read stays true until it is committed.
package protocol StoreTransaction: AnyObject {
  /// The client with this identifier; nil when there is none.
  func client(_ id: ClientID) throws(StoreError) -> Client?
  /// The version of the client with this identifier, be it one that cannot be read; nil when there is none.
  func version(of id: ClientID) throws(StoreError) -> Int?
  /// The names of other clients that have the key of this one's.
  func namesakes(of client: Client) throws(StoreError) -> [String]
  /// At most `limit` clients that may ask for one of these scopes, by identifier, those after `id` when it is given.
  func clients(withAnyOf scopes: [Scope], after id: ClientID?, limit: Int) throws(StoreError) -> [Client]
  /// Which tokens of these clients are inactive.
  func clientNotBefores(of ids: [ClientID]) throws(StoreError) -> [ClientNotBefore]

  /// The scope with this name, a retired one too; nil when there is none.
  func scope(_ scope: Scope) throws(StoreError) -> ScopeDefinition?
  func scopes() throws(StoreError) -> [ScopeDefinition]
  /// The resource with this URI, a retired one too; nil when there is none.
  func resource(_ resource: Resource) throws(StoreError) -> ResourceDefinition?
  func resources() throws(StoreError) -> [ResourceDefinition]
  func keys() throws(StoreError) -> [WrappedKey]
  func serverState() throws(StoreError) -> ServerState?

  /// The revocation of this token; nil when it is not revoked by itself.
  func revocation(of token: TokenID) throws(StoreError) -> RevocationRecord?
  /// How many revocations there are of a client, or of all when it is nil.
  func revocationCount(of id: ClientID?) throws(StoreError) -> Int
  /// How many of a client's are of tokens that expired before this time.
  func expiredRevocationCount(of id: ClientID, at time: Timestamp) throws(StoreError) -> Int
  /// When the last of a client's tokens was issued that are revoked and had not expired at this time.
  func lastIssueOfRevoked(to id: ClientID, notExpiredAt time: Timestamp) throws(StoreError) -> Timestamp?

  /// The hash of the last record of a chain; nil when there is none.
  func lastAuditHash(of chain: AuditChain) throws(StoreError) -> [UInt8]?
  /// The mark of this name; nil when there is none.
  func auditMark(named name: String) throws(StoreError) -> AuditMark?
  /// Puts a mark in the place of the one of its name.
  func set(_ mark: AuditMark) throws(StoreError)
  /// Removes the records of a chain up to this one, and returns how many they were.
  func deleteAuditRecords(of chain: AuditChain, through number: Int64) throws(StoreError) -> Int

  /// Writes what a mutation comes to, and returns the number of its last change.
  @discardableResult
  func write(_ mutation: Mutation) throws(StoreError) -> Int64
  /// Writes several, in their order.
  func write(_ mutations: [Mutation]) throws(StoreError)
}

extension StoreTransaction {
  /// Throws `conflict` unless the store has a master key with one of these check values, where they are given.
  func requireMasterKey(_ checks: [[UInt8]]?) throws(StoreError) {
    guard let checks, let state = try serverState(), !checks.contains(state.masterKeyCheck) else { return }
    throw .conflict("The master key was changed meanwhile; run it again")
  }

  /// What the next record of a chain comes after: the last, or what says that those there were are removed.
  package func auditHash(of chain: AuditChain) throws(StoreError) -> [UInt8] {
    if let last = try lastAuditHash(of: chain) { return last }
    return try anchoredAuditHash(of: chain)
  }

  /// The same of a chain that has no records.
  package func anchoredAuditHash(of chain: AuditChain) throws(StoreError) -> [UInt8] {
    guard let mark = try auditMark(named: AuditMark.anchorName(of: chain)) else { return AuditChain.start }
    guard let head = AuditStatement(mark.statement)?.heads[chain] else {
      throw .unreadable("where the audit log begins")
    }
    return head.hash
  }

  package func write(_ mutations: [Mutation]) throws(StoreError) {
    for mutation in mutations { try write(mutation) }
  }

  /// Revokes a token, as `Store.insertRevocation` does.
  package func revoke(
    _ revocation: Revocation,
    limit: RevocationLimit,
    audit: AuditEvent
  ) throws(StoreError) -> RevocationOutcome {
    if let known = try self.revocation(of: revocation.token) { return .token(known) }
    let id = revocation.clientID
    var standing = Mutation.Standing(
      ofClient: try revocationCount(of: id),
      ofAll: try revocationCount(of: nil)
    )
    var client: Client?
    if !standing.hasRoom(within: limit) {
      client = try self.client(id)
      standing.expired = try expiredRevocationCount(of: id, at: audit.time)
      if !standing.hasRoomWithoutExpired(within: limit) {
        standing.lastIssued = try lastIssueOfRevoked(to: id, notExpiredAt: audit.time)
      }
    }
    let mutation = Mutation.revoking(revocation, of: client, beside: standing, limit: limit, audit: audit)
    return mutation.outcome(of: revocation, at: try write(mutation))
  }

  /// Takes back the tokens of every client that may ask for one of these scopes.
  ///
  /// Some at a time: there may be a million of them.
  func revokeTokens(ofClientsWith scopes: [Scope], because audit: AuditEvent) throws(StoreError) {
    let limit = 1000
    var last: ClientID?
    var count = scopes.isEmpty ? 0 : limit
    while count == limit {
      let clients = try clients(withAnyOf: scopes, after: last, limit: limit)
      try write(clients.map { Mutation.revokingTokens(of: $0, because: audit) })
      (last, count) = (clients.last?.id, clients.count)
    }
  }
}

/// A transaction that writes each kind of row by a statement of its own.
package protocol RowTransaction: StoreTransaction {
  /// Writes the audit row and the rows of the feed, and returns the number of the last.
  func record(_ mutation: Mutation) throws(StoreError) -> Int64
  func insert(_ client: Client) throws(StoreError)
  func update(_ client: Client) throws(StoreError)
  func updateTokensNotBefore(of client: Client) throws(StoreError)
  func deleteClient(_ id: ClientID) throws(StoreError)
  func set(_ notBefore: ClientNotBefore) throws(StoreError)
  func insert(_ definition: ScopeDefinition) throws(StoreError)
  func update(_ definition: ScopeDefinition) throws(StoreError)
  func insert(_ definition: ResourceDefinition) throws(StoreError)
  func update(_ definition: ResourceDefinition) throws(StoreError)
  func insert(_ key: WrappedKey) throws(StoreError)
  func update(_ key: WrappedKey) throws(StoreError)
  func deleteKey(_ number: UInt16) throws(StoreError)
  func set(_ state: ServerState) throws(StoreError)
  func insert(_ record: RevocationRecord) throws(StoreError)
  func deleteRevocations(of id: ClientID, expiredBefore time: Timestamp?) throws(StoreError)
}

extension RowTransaction {
  @discardableResult
  package func write(_ mutation: Mutation) throws(StoreError) -> Int64 {
    let sequence = try record(mutation)
    for write in mutation.writes {
      switch write {
      case .insertClient(let client): try insert(client)
      case .updateClient(let client): try update(client)
      case .updateTokensNotBefore(let client): try updateTokensNotBefore(of: client)
      case .deleteClient(let id): try deleteClient(id)
      case .setNotBefore(let id, let time): try set(mutation.notBefore(time, of: id, at: sequence))
      case .insertScope(let definition): try insert(definition)
      case .updateScope(let definition): try update(definition)
      case .insertResource(let definition): try insert(definition)
      case .updateResource(let definition): try update(definition)
      case .insertKey(let key): try insert(key)
      case .updateKey(let key): try update(key)
      case .deleteKey(let number): try deleteKey(number)
      case .setServerState(let state): try set(state)
      case .setAuditMark(let mark): try set(mark)
      case .insertRevocation(let revocation): try insert(RevocationRecord(sequence: sequence, revocation))
      case .deleteRevocations(let id, let time): try deleteRevocations(of: id, expiredBefore: time)
      }
    }
    return sequence
  }
}
