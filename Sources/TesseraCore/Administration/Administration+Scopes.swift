import TesseraSupport

extension Administration {
  /// Adds a scope that tokens for this API can have.
  ///
  /// Its name can never be given to another.
  package func createScope(
    _ scope: Scope,
    description: DisplayName,
    resource: Resource
  ) async throws(AdministrationError) -> ScopeDefinition {
    try await checkResource(resource)
    let definition = ScopeDefinition(
      scope: scope,
      description: description.text,
      resource: resource,
      createdAt: clock.now
    )
    let audit = event(.scopeCreated, scope.name, ["resource": resource.uri])
    try await ask(about: .scope, await store.insertScope(definition, audit: audit))
    return definition
  }

  /// Stops granting a scope.
  ///
  /// Tokens that have it keep it until they expire; with `revokingTokens`, all tokens of the clients that may ask for
  /// it become inactive.
  package func retireScope(
    _ scope: Scope,
    revokingTokens: Bool = false
  ) async throws(AdministrationError) {
    let audit = event(.scopeRetired, scope.name, revokingTokens ? ["tokens": "revoked"] : [:])
    try await ask(
      about: .scope,
      await store.retireScope(scope, at: clock.now, revokingTokens: revokingTokens, audit: audit)
    )
  }

  /// The scopes of these names, all of which must exist and not be retired.
  func checkedScopes(
    _ names: [Scope],
    mayBeNone: Bool = false
  ) async throws(AdministrationError) -> ScopeSet {
    guard !names.isEmpty || mayBeNone else { throw .invalid(.scopes, "a client needs at least one scope") }
    guard names.count <= ScopeSet.maximumCount else {
      throw .invalid(.scopes, "a client has at most \(ScopeSet.maximumCount) scopes")
    }
    let known = try await scopes()
    for scope in names {
      guard let definition = known.first(where: { $0.scope == scope }) else {
        let choices = known.filter { $0.retiredAt == nil }.map(\.scope.name).joined(separator: ", ")
        throw .invalid(.scopes, "there is no scope '\(scope)'; there are: \(choices)")
      }
      guard definition.retiredAt == nil else { throw .invalid(.scopes, "scope '\(scope)' is retired") }
    }
    return ScopeSet(names)
  }
}
