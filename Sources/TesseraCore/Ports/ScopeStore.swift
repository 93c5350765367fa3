/// Where scopes are kept.
package protocol ScopeStore: Sendable {
  /// All scopes by name, retired ones too.
  func scopes() async throws(StoreError) -> [ScopeDefinition]

  /// Adds a scope. Throws `conflict` when its name is taken, by a retired scope too.
  func insertScope(_ definition: ScopeDefinition, audit: AuditEvent) async throws(StoreError)

  /// Marks a scope as retired. Throws `notFound`, and `conflict` when it is already retired.
  ///
  /// With `revokingTokens` it also does `Client.revokeTokens` to every client that may ask for it, with an audit row
  /// for each, see `AuditEvent.revokingTokens`.
  func retireScope(
    _ scope: Scope,
    at time: Timestamp,
    revokingTokens: Bool,
    audit: AuditEvent
  ) async throws(StoreError)
}

extension ScopeStore {
  /// Marks a scope as retired; tokens stay as they are.
  package func retireScope(_ scope: Scope, at time: Timestamp, audit: AuditEvent) async throws(StoreError) {
    try await retireScope(scope, at: time, revokingTokens: false, audit: audit)
  }
}
