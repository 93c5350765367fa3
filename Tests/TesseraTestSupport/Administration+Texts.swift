package import TesseraCore
package import TesseraJOSE

/// Operations with what an operator writes, unchecked.
extension Administration {
  /// Adds a scope.
  package func createScope(
    _ name: String,
    description: String,
    resource: String
  ) async throws(AdministrationError) -> ScopeDefinition {
    try await createScope(
      Scope(name, of: .name),
      description: DisplayName(description, of: .description),
      resource: Resource(existing: resource)
    )
  }

  /// Stops granting a scope.
  package func retireScope(
    _ name: String,
    revokingTokens: Bool = false
  ) async throws(AdministrationError) {
    try await retireScope(Scope(existing: name), revokingTokens: revokingTokens)
  }

  /// Adds an API.
  package func createResource(
    _ uri: String,
    description: String,
    tokenFormat: TokenFormat? = nil,
    signingAlgorithm: SigningAlgorithm? = nil,
    jwtType: JWTType = .accessToken
  ) async throws(AdministrationError) -> ResourceDefinition {
    try await createResource(
      Resource(new: uri),
      description: DisplayName(description, of: .description),
      tokenFormat: tokenFormat,
      signingAlgorithm: signingAlgorithm,
      jwtType: jwtType
    )
  }

  /// Changes an API.
  package func updateResource(
    _ uri: String,
    _ update: ResourceUpdate
  ) async throws(AdministrationError) -> ResourceDefinition {
    try await updateResource(Resource(existing: uri), update)
  }

  /// Makes no more tokens for an API.
  package func retireResource(
    _ uri: String,
    revokingTokens: Bool = false
  ) async throws(AdministrationError) {
    try await retireResource(Resource(existing: uri), revokingTokens: revokingTokens)
  }

  /// Gives a client one more secret.
  package func addSecret(
    to id: ClientID,
    named name: String
  ) async throws(AdministrationError) -> (stored: StoredSecret, secret: ClientSecret) {
    try await addSecret(to: id, named: DisplayName(name, of: .secretName))
  }

  /// Rotates the key of one use.
  package func rotateKey(for use: KeyUse, now: Bool = false) async throws(AdministrationError) -> WrappedKey {
    try await rotateKeys(for: [use], now: now)[0]
  }
}
