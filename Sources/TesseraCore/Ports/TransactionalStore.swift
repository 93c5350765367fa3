package import TesseraJOSE

/// A store that has transactions: what is done in one is written here once, and the store has only its statements.
package protocol TransactionalStore: Store {
  associatedtype Transaction: StoreTransaction

  /// Runs `body` in a transaction that nothing else writes in meanwhile, in the turn of this party, and commits it.
  ///
  /// When `body` throws, nothing of it is written. It may run again when what was to be committed with it failed.
  @discardableResult
  func write<Value: Sendable>(
    for party: WriteParty,
    _ body: @escaping @Sendable (Transaction) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value
}

extension TransactionalStore {
  package func insertClient(_ client: Client, audit: AuditEvent) async throws(StoreError) {
    try await write(for: .operators) { transaction throws(StoreError) in
      let mutation = try Mutation.inserting(
        client,
        isTaken: try transaction.version(of: client.id) != nil,
        namesakes: try transaction.namesakes(of: client),
        after: try transaction.clientNotBefores(of: [client.id]).first,
        audit: audit
      )
      try transaction.write(mutation)
    }
  }

  @discardableResult
  package func updateClient(
    _ id: ClientID,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(StoreError) -> Void
  ) async throws(StoreError) -> Client {
    try await write(for: .operators) { transaction throws(StoreError) in
      guard let earlier = try transaction.client(id) else { throw .noClient(id) }
      var client = earlier
      try change(&client)
      let namesakes = try transaction.namesakes(of: client)
      try transaction.write(try Mutation.updating(earlier, to: client, namesakes: namesakes, audit: audit))
      return client
    }
  }

  package func deleteClient(
    _ id: ClientID,
    ifVersion version: Int?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write(for: .operators) { transaction throws(StoreError) in
      let found = try transaction.version(of: id)
      let mutation = try Mutation.deleting(
        id,
        found: found,
        client: try? transaction.client(id),
        ifVersion: version,
        audit: audit
      )
      try transaction.write(mutation)
    }
  }

  package func insertScope(_ definition: ScopeDefinition, audit: AuditEvent) async throws(StoreError) {
    try await write(for: .operators) { transaction throws(StoreError) in
      let isTaken = try transaction.scope(definition.scope) != nil
      try transaction.write(try Mutation.inserting(definition, isTaken: isTaken, audit: audit))
    }
  }

  package func retireScope(
    _ scope: Scope,
    at time: Timestamp,
    revokingTokens: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write(for: .operators) { transaction throws(StoreError) in
      let found = try transaction.scope(scope)
      try transaction.write(try Mutation.retiring(scope, found: found, at: time, audit: audit))
      if revokingTokens { try transaction.revokeTokens(ofClientsWith: [scope], because: audit) }
    }
  }

  package func insertResource(
    _ definition: ResourceDefinition,
    with key: KeyChange?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write(for: .operators) { transaction throws(StoreError) in
      let mutations = try Mutation.inserting(
        definition,
        isTaken: try transaction.resource(definition.resource) != nil,
        with: key,
        among: try transaction.keys(),
        in: try transaction.serverState(),
        audit: audit
      )
      try transaction.write(mutations)
    }
  }

  @discardableResult
  package func updateResource(
    _ resource: Resource,
    with key: KeyChange?,
    revokingTokens: Bool,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ResourceDefinition) throws(StoreError) -> Void
  ) async throws(StoreError) -> ResourceDefinition {
    try await write(for: .operators) { transaction throws(StoreError) in
      guard let earlier = try transaction.resource(resource) else { throw .noResource(resource) }
      var definition = earlier
      try change(&definition)
      let mutations = try Mutation.updating(
        earlier,
        to: definition,
        with: key,
        among: try transaction.keys(),
        in: try transaction.serverState(),
        audit: audit
      )
      try transaction.write(mutations)
      if revokingTokens {
        let scopes = try transaction.scopes().filter { $0.resource == resource }.map(\.scope)
        try transaction.revokeTokens(ofClientsWith: scopes, because: audit)
      }
      return definition
    }
  }

  package func apply(_ changes: ChangeSet) async throws(StoreError) {
    try await write(for: .operators) { transaction throws(StoreError) in
      try transaction.apply(changes)
    }
  }

  package func changeKeys(_ changes: [KeyChange]) async throws(StoreError) {
    try await write(for: .operators) { transaction throws(StoreError) in
      let (keys, state) = (try transaction.keys(), try transaction.serverState())
      try transaction.write(try Mutation.changingKeys(changes, among: keys, in: state))
    }
  }

  package func rewrapKeys(
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ProtectedKeys) throws(StoreError) -> Void
  ) async throws(StoreError) {
    try await write(for: .operators) { transaction throws(StoreError) in
      guard let state = try transaction.serverState() else { throw .notFound("The store is not initialised") }
      var marks: [AuditMark] = []
      for name in AuditMark.names {
        if let mark = try transaction.auditMark(named: name) { marks.append(mark) }
      }
      var protected = ProtectedKeys(state: state, keys: try transaction.keys(), auditMarks: marks)
      try change(&protected)
      try transaction.write(Mutation.rewrapping(protected, audit: audit))
    }
  }

  package func insertRevocation(
    _ revocation: Revocation,
    limit: RevocationLimit,
    audit: AuditEvent
  ) async throws(StoreError) -> RevocationOutcome {
    try await write(for: .client(revocation.clientID)) { transaction throws(StoreError) in
      try transaction.revoke(revocation, limit: limit, audit: audit)
    }
  }

  package func initialise(_ initial: InitialState, audit: AuditEvent) async throws(StoreError) -> Bool {
    try await write(for: .operators) { transaction throws(StoreError) in
      let mutation = try Mutation.initialising(
        initial,
        state: try transaction.serverState(),
        resources: try transaction.resources(),
        scopes: try transaction.scopes(),
        keys: try transaction.keys(),
        audit: audit
      )
      if let mutation { try transaction.write(mutation) }
      return mutation != nil
    }
  }

  package func setTokensNotBefore(
    _ time: Timestamp,
    mayGoBack: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await write(for: .operators) { transaction throws(StoreError) in
      let state = try transaction.serverState()
      let mutation = try Mutation.settingTokensNotBefore(time, in: state, mayGoBack: mayGoBack, audit: audit)
      try transaction.write(mutation)
    }
  }

  package func setAuditMark(
    _ mark: AuditMark,
    ifMasterKey checks: [[UInt8]]?
  ) async throws(StoreError) {
    try await write(for: .housekeeping) { transaction throws(StoreError) in
      try transaction.requireMasterKey(checks)
      try transaction.set(mark)
    }
  }

  @discardableResult
  package func removeAuditRecords(
    of chain: AuditChain,
    through number: Int64,
    leaving anchor: AuditMark?,
    ifMasterKey checks: [[UInt8]]?
  ) async throws(StoreError) -> Int {
    try await write(for: .housekeeping) { transaction throws(StoreError) in
      try transaction.requireMasterKey(checks)
      if let anchor { try transaction.set(anchor) }
      return try transaction.deleteAuditRecords(of: chain, through: number)
    }
  }
}
