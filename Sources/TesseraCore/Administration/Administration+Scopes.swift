import TesseraSupport

extension Administration {
  /// Adds a scope that tokens for this API can have.
  ///
  /// Its name can never be given to another.
  package func createScope(
    _ name: String,
    description: String,
    resource: String
  ) async throws(StoreError) -> ScopeDefinition {
    let scope = try parsedScope(name)
    let resource = try await knownResource(resource)
    let definition = ScopeDefinition(
      scope: scope,
      description: try checkedName(description, of: "a description"),
      resource: resource,
      createdAt: clock.now
    )
    try await store.insertScope(
      definition,
      audit: event(.scopeCreated, scope.name, ["resource": resource.uri])
    )
    return definition
  }

  /// Stops granting a scope.
  ///
  /// Tokens that have it keep it until they expire; with `revokingTokens`, all tokens of the clients that may ask for
  /// it become inactive.
  package func retireScope(_ name: String, revokingTokens: Bool = false) async throws(StoreError) {
    guard let scope = Scope(name) else { throw .notFound("there is no scope '\(name)'") }
    try await store.retireScope(
      scope,
      at: clock.now,
      revokingTokens: revokingTokens,
      audit: event(.scopeRetired, scope.name, revokingTokens ? ["tokens": "revoked"] : [:])
    )
  }
}
