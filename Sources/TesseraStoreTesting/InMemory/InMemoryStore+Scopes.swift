package import TesseraCore

extension InMemoryStore {
  package func scopes() async throws(StoreError) -> [ScopeDefinition] {
    try read(.scopes) { $0.scopes.values.sorted { $0.scope < $1.scope } }
  }

  package func insertScope(_ definition: ScopeDefinition, audit: AuditEvent) async throws(StoreError) {
    try write { data throws(StoreError) in
      try data.insert(definition)
      data.record(audit, changed: .scopes)
    }
  }

  package func retireScope(
    _ scope: Scope,
    at time: Timestamp,
    revokingTokens: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write { data throws(StoreError) in
      guard var definition = data.scopes[scope] else { throw .notFound("There is no scope \(scope)") }
      guard definition.retiredAt == nil else { throw .conflict("Scope \(scope) is already retired") }
      definition.retiredAt = time
      data.scopes[scope] = definition
      data.record(audit, changed: .scopes)
      if revokingTokens { try data.revokeTokens(ofClientsWith: [scope], because: audit) }
    }
  }
}

extension StoredData {
  /// Adds a scope.
  ///
  /// Throws `conflict`.
  mutating func insert(_ definition: ScopeDefinition) throws(StoreError) {
    guard scopes.updateValue(definition, forKey: definition.scope) == nil else {
      throw .conflict("There is a scope \(definition.scope) already")
    }
  }
}
