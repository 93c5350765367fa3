/// What every request needs and what rarely changes, as one immutable value.
package final class DirectoryFacts: Sendable {
  /// The sealing keys in clear.
  package let keyRing: KeyRing
  /// All scopes by name, retired ones too.
  package let scopes: [Scope: ScopeDefinition]
  /// Facts about the server.
  package let serverState: ServerState

  init(keyRing: KeyRing, scopes: [ScopeDefinition], serverState: ServerState) {
    self.keyRing = keyRing
    self.scopes = Dictionary(uniqueKeysWithValues: scopes.map { ($0.scope, $0) })
    self.serverState = serverState
  }
}
