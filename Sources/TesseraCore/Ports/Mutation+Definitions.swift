package import TesseraJOSE

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
    return Mutation(
      audit,
      .scopes,
      writes: [.insertScope(definition)],
      differences: .between([:], definition.auditFacts)
    )
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
    let earlier = definition
    definition.retiredAt = time
    return updating(earlier, to: definition, audit: audit)
  }

  /// A scope in place of what it was.
  static func updating(
    _ earlier: ScopeDefinition,
    to definition: ScopeDefinition,
    audit: AuditEvent
  ) -> Mutation {
    Mutation(
      audit,
      .scopes,
      writes: [.updateScope(definition)],
      differences: .between(earlier.auditFacts, definition.auditFacts)
    )
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
    in state: ServerState?,
    audit: AuditEvent
  ) throws(StoreError) -> [Mutation] {
    let insertion = try inserting(definition, isTaken: isTaken, audit: audit)
    return try changingKeys(key.map { [$0] } ?? [], among: keys, in: state) + [insertion]
  }

  /// A new resource that needs no key.
  ///
  /// Throws `conflict` when its URI is taken, by a retired resource too.
  static func inserting(
    _ definition: ResourceDefinition,
    isTaken: Bool,
    audit: AuditEvent
  ) throws(StoreError) -> Mutation {
    guard !isTaken else { throw .conflict("There is a resource \(definition.resource) already") }
    return Mutation(
      audit,
      .resources,
      writes: [.insertResource(definition)],
      differences: .between([:], definition.auditFacts)
    )
  }

  /// A resource in place of what it was, and before it the key that it needs now.
  ///
  /// Throws `conflict` when that cannot be added.
  package static func updating(
    _ earlier: ResourceDefinition,
    to definition: ResourceDefinition,
    with key: KeyChange?,
    among keys: [WrappedKey],
    in state: ServerState?,
    audit: AuditEvent
  ) throws(StoreError) -> [Mutation] {
    let update = updating(earlier, to: definition, audit: audit)
    return try changingKeys(key.map { [$0] } ?? [], among: keys, in: state) + [update]
  }

  /// A resource in place of what it was, which needs no key.
  static func updating(
    _ earlier: ResourceDefinition,
    to definition: ResourceDefinition,
    audit: AuditEvent
  ) -> Mutation {
    Mutation(
      audit,
      .resources,
      writes: [.updateResource(definition)],
      differences: .between(earlier.auditFacts, definition.auditFacts)
    )
  }

  /// Changes of keys in their order.
  ///
  /// Throws `conflict` when the number of a new key is taken, when it is wrapped by another master key than that of the
  /// store, and when a key is no longer as it was expected, `notFound` when one is not there.
  package static func changingKeys(
    _ changes: [KeyChange],
    among keys: [WrappedKey],
    in state: ServerState?
  ) throws(StoreError) -> [Mutation] {
    var known = Dictionary(uniqueKeysWithValues: keys.map { ($0.number, $0) })
    var mutations: [Mutation] = []
    for change in changes {
      if let state, let checks = change.masterKeyChecks, !checks.contains(state.masterKeyCheck) {
        throw .conflict("The master key was changed meanwhile; run it again")
      }
      let write: Write
      var differences: [String: AuditDifference] = [:]
      switch change.kind {
      case .add(let key):
        guard known.updateValue(key, forKey: key.number) == nil else {
          throw .conflict("There is a key \(key.number) already")
        }
        write = .insertKey(key)
      case .move(let number, let expected, let time):
        guard var key = known[number] else { throw .notFound("There is no key \(number)") }
        guard key.activatesAt == expected else { throw .conflict("Key \(number) was changed meanwhile") }
        differences["activates_at"] = AuditDifference(before: expected.iso8601, after: time.iso8601)
        key.activatesAt = time
        known[number] = key
        write = .updateKey(key)
      case .remove(let number):
        guard known.removeValue(forKey: number) != nil else { throw .notFound("There is no key \(number)") }
        write = .deleteKey(number)
      }
      mutations.append(Mutation(change.audit, .keys, writes: [write], differences: differences))
    }
    return mutations
  }
}
