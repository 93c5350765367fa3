package import TesseraJOSE

/// Where the facts about the whole server are kept.
package protocol ServerStateStore: Sendable {
  /// The facts; nil while the store has not been initialised.
  func serverState() async throws(StoreError) -> ServerState?

  /// Writes the first state, resources, scopes and keys in one transaction. Does nothing and returns false when the
  /// store was initialised already, so that of several first starts at once exactly one counts.
  func initialise(_ initial: InitialState, audit: AuditEvent) async throws(StoreError) -> Bool

  /// Makes all tokens that were issued before this time inactive. A time before the one that is set changes
  /// nothing. Throws `notFound` when the store is not initialised.
  func setTokensNotBefore(_ time: Timestamp, audit: AuditEvent) async throws(StoreError)

  /// The same, but a later time is set back to this one. For a clock that was ahead, once no token of before can be
  /// read any more. Throws `notFound` when the store is not initialised.
  func resetTokensNotBefore(_ time: Timestamp, audit: AuditEvent) async throws(StoreError)
}

/// Facts about the whole server.
package struct ServerState: Sendable, Equatable {
  /// What a master key must give to be the one of this store, see `MasterKey.checkValue`.
  package let masterKeyCheck: [UInt8]
  /// Tokens issued before this are inactive, whoever has them.
  package var tokensNotBefore: Timestamp?
  /// When the store was initialised.
  package let initialisedAt: Timestamp

  package init(masterKeyCheck: [UInt8], tokensNotBefore: Timestamp? = nil, initialisedAt: Timestamp) {
    self.masterKeyCheck = masterKeyCheck
    self.tokensNotBefore = tokensNotBefore
    self.initialisedAt = initialisedAt
  }
}

/// What a new store begins with.
package struct InitialState: Sendable {
  /// Facts about the server.
  package let serverState: ServerState
  /// The resources that exist from the start.
  package let resources: [ResourceDefinition]
  /// The scopes that exist from the start.
  package let scopes: [ScopeDefinition]
  /// The first keys.
  package let keys: [WrappedKey]

  package init(
    serverState: ServerState,
    resources: [ResourceDefinition],
    scopes: [ScopeDefinition],
    keys: [WrappedKey]
  ) {
    self.serverState = serverState
    self.resources = resources
    self.scopes = scopes
    self.keys = keys
  }
}
