package import TesseraJOSE

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
      writes += try inserting(definition, isTaken: isTaken, with: nil, among: [], in: nil, audit: audit)
        .flatMap(\.writes)
    }
    for definition in initial.scopes {
      let isTaken = scopes.contains { $0.scope == definition.scope }
      writes += try inserting(definition, isTaken: isTaken, audit: audit).writes
    }
    let additions = initial.keys.map { KeyChange(.add($0), audit: audit) }
    writes += try changingKeys(additions, among: keys, in: nil).flatMap(\.writes)
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
    let earlier = state.tokensNotBefore
    state.tokensNotBefore = mayGoBack ? time : max(earlier ?? time, time)
    let difference = AuditDifference(before: earlier?.iso8601, after: state.tokensNotBefore?.iso8601)
    return Mutation(
      audit,
      .serverState,
      writes: [.setServerState(state)],
      differences: difference.before == difference.after ? [:] : ["tokens_not_before": difference]
    )
  }

  /// All that a master key protects, protected by another.
  ///
  /// Nodes that have the keys in memory go on with those; see `Replica`.
  package static func rewrapping(_ protected: ProtectedKeys, audit: AuditEvent) -> Mutation {
    // A row of a key is replaced: what was wrapped by the old master key is not altered in place.
    let keys = protected.keys.flatMap { [Write.deleteKey($0.number), .insertKey($0)] }
    return Mutation(
      audit,
      .keys,
      .serverState,
      writes: keys + [.setServerState(protected.state)] + protected.auditMarks.map(Write.setAuditMark),
      differences: protected.auditKeys.map { [Mutation.auditKey: $0] } ?? [:]
    )
  }

  /// What the record of a change of the master key calls the key that verifies what is signed about the audit log.
  package static let auditKey = "audit_key"

  /// What is recorded of a store that was filled by records: anything may have changed.
  package static func filling(audit: AuditEvent) -> Mutation {
    Mutation(audit, .unknown, writes: [])
  }
}
