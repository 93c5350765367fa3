/// Where scopes are kept.
package protocol ScopeStore: Sendable {
  /// All scopes by name, retired ones too.
  func scopes() async throws(StoreError) -> [ScopeDefinition]

  /// Adds a scope. Throws `conflict` when its name is taken, by a retired scope too.
  func insertScope(_ definition: ScopeDefinition, audit: AuditEvent) async throws(StoreError)

  /// Marks a scope as retired. Throws `notFound`, and `conflict` when it is retired already.
  func retireScope(_ scope: Scope, at time: Timestamp, audit: AuditEvent) async throws(StoreError)
}
