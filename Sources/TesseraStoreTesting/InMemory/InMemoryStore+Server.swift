package import TesseraCore
package import TesseraJOSE

extension InMemoryStore {
  package func scopes() async throws(StoreError) -> [ScopeDefinition] {
    try read { $0.scopes.values.sorted { $0.scope < $1.scope } }
  }

  package func insertScope(_ definition: ScopeDefinition, audit: AuditEvent) async throws(StoreError) {
    try write { data throws(StoreError) in
      let isTaken = data.scopes[definition.scope] != nil
      data.write(try .inserting(definition, isTaken: isTaken, audit: audit))
    }
  }

  package func retireScope(
    _ scope: Scope,
    at time: Timestamp,
    revokingTokens: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write { data throws(StoreError) in
      data.write(try .retiring(scope, found: data.scopes[scope], at: time, audit: audit))
      if revokingTokens { data.revokeTokens(ofClientsWith: [scope], because: audit) }
    }
  }

  package func resources() async throws(StoreError) -> [ResourceDefinition] {
    try read { $0.resources.values.sorted { $0.resource < $1.resource } }
  }

  package func insertResource(
    _ definition: ResourceDefinition,
    with key: KeyChange?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write { data throws(StoreError) in
      let mutations = try Mutation.inserting(
        definition,
        isTaken: data.resources[definition.resource] != nil,
        with: key,
        among: Array(data.keys.values),
        audit: audit
      )
      for mutation in mutations { data.write(mutation) }
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
    try write { data throws(StoreError) in
      guard var definition = data.resources[resource] else { throw .noResource(resource) }
      try change(&definition)
      let keys = Array(data.keys.values)
      for mutation in try Mutation.updating(to: definition, with: key, among: keys, audit: audit) {
        data.write(mutation)
      }
      if revokingTokens {
        let scopes = data.scopes.values.filter { $0.resource == resource }.map(\.scope)
        data.revokeTokens(ofClientsWith: scopes, because: audit)
      }
      return definition
    }
  }

  package func keys() async throws(StoreError) -> [WrappedKey] {
    try read { $0.keys.values.sorted { $0.number < $1.number } }
  }

  package func changeKeys(_ changes: [KeyChange]) async throws(StoreError) {
    try write { data throws(StoreError) in
      for mutation in try Mutation.changingKeys(changes, among: Array(data.keys.values)) {
        data.write(mutation)
      }
    }
  }

  package func serverState() async throws(StoreError) -> ServerState? {
    try read { $0.serverState }
  }

  package func initialise(_ initial: InitialState, audit: AuditEvent) async throws(StoreError) -> Bool {
    try write { data throws(StoreError) in
      let mutation = try Mutation.initialising(
        initial,
        state: data.serverState,
        resources: Array(data.resources.values),
        scopes: Array(data.scopes.values),
        keys: Array(data.keys.values),
        audit: audit
      )
      guard let mutation else { return false }
      data.write(mutation)
      return true
    }
  }

  package func setTokensNotBefore(
    _ time: Timestamp,
    mayGoBack: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write { data throws(StoreError) in
      let state = data.serverState
      data.write(try .settingTokensNotBefore(time, in: state, mayGoBack: mayGoBack, audit: audit))
    }
  }
}
