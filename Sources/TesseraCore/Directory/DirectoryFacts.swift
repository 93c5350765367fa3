import Synchronization
import TesseraJOSE

/// What every request needs and what rarely changes, as one immutable value.
package final class DirectoryFacts: Sendable {
  private static let count = Atomic<Int>(0)

  /// Tells these facts from all others that there ever were in this process.
  let generation = DirectoryFacts.count.add(1, ordering: .relaxed).newValue
  /// The keys in clear.
  package let keyRing: KeyRing
  /// All scopes by name, retired ones too.
  package let scopes: [Scope: ScopeDefinition]
  /// All resources by URI, retired ones too.
  package let resources: [Resource: ResourceDefinition]
  /// Facts about the server.
  package let serverState: ServerState
  /// What grants are for, shared.
  let sharedAccess = SharedAccess()
  /// What clients ask for, shared.
  let sharedQuestions = SharedQuestions()

  init(
    keyRing: KeyRing,
    scopes: [ScopeDefinition],
    resources: [ResourceDefinition],
    serverState: ServerState
  ) {
    self.keyRing = keyRing
    self.scopes = Dictionary(uniqueKeysWithValues: scopes.map { ($0.scope, $0) })
    self.resources = Dictionary(uniqueKeysWithValues: resources.map { ($0.resource, $0) })
    self.serverState = serverState
  }

  /// What there must be keys for: sealing, ES256, and the algorithms of resources.
  package var keyUses: Set<KeyUse> {
    let algorithms = resources.values.filter { $0.retiredAt == nil }.compactMap(\.signingAlgorithm)
    return Set([.sealing, .signing(.es256)] + algorithms.map(KeyUse.signing))
  }

  /// The scopes that are granted, with their resource: neither is retired.
  func granted(_ scope: Scope) -> ScopeDefinition? {
    guard let definition = scopes[scope], definition.retiredAt == nil,
      let resource = resources[definition.resource], resource.retiredAt == nil
    else { return nil }
    return definition
  }
}
