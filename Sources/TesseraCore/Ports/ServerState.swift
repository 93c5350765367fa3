package import TesseraJOSE

/// Facts about the whole server.
package struct ServerState: Sendable, Equatable {
  /// What a master key must give to be the one of this store, see `isProtected(by:)`.
  package internal(set) var masterKeyCheck: [UInt8]
  /// The key of the secret hashes, wrapped by the master key; nil as long as it follows from the master key.
  package internal(set) var secretHashKey: [UInt8]?
  /// Tokens issued before this are inactive, whoever has them.
  package var tokensNotBefore: Timestamp?
  /// When the store was initialised.
  package let initialisedAt: Timestamp

  package init(
    masterKeyCheck: [UInt8],
    secretHashKey: [UInt8]? = nil,
    tokensNotBefore: Timestamp? = nil,
    initialisedAt: Timestamp
  ) {
    self.masterKeyCheck = masterKeyCheck
    self.secretHashKey = secretHashKey
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
