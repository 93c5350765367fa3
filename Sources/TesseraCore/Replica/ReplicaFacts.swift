import Synchronization
import TesseraJOSE

/// The facts that every request needs and that rarely change, as one immutable value.
package final class ReplicaFacts: Sendable {
  private static let count = Atomic<Int>(0)

  /// The identity of these facts, unique within this process.
  let generation: Int
  /// The keys in clear.
  package let keyRing: KeyRing
  /// All scopes by name, retired ones too.
  package let scopes: [Scope: ScopeDefinition]
  /// All resources by URI, retired ones too.
  package let resources: [Resource: ResourceDefinition]
  /// What the APIs want of their tokens, by resource.
  let requirements: [Resource: TokenRequirements]
  /// Facts about the server.
  package let serverState: ServerState
  /// What hashes the secrets of clients.
  let secretHasher: SecretHasher
  /// Whether the master key of the store is not that of this process any more, which goes on with the keys that it has in
  /// clear.
  package let lacksMasterKey: Bool
  /// What grants are for, shared.
  let sharedAccess = SharedAccess()
  /// What clients ask for, shared by all copies too.
  let sharedQuestions: SharedQuestions

  convenience init(
    keyRing: KeyRing,
    scopes: [ScopeDefinition],
    resources: [ResourceDefinition],
    serverState: ServerState,
    secretHasher: SecretHasher,
    lacksMasterKey: Bool = false
  ) {
    self.init(
      generation: ReplicaFacts.count.add(1, ordering: .relaxed).newValue,
      keyRing: keyRing,
      scopes: scopes,
      resources: resources,
      serverState: serverState,
      secretHasher: secretHasher,
      lacksMasterKey: lacksMasterKey,
      sharedQuestions: SharedQuestions()
    )
  }

  private init(
    generation: Int,
    keyRing: KeyRing,
    scopes: some Sequence<ScopeDefinition>,
    resources: some Sequence<ResourceDefinition>,
    serverState: ServerState,
    secretHasher: SecretHasher,
    lacksMasterKey: Bool,
    sharedQuestions: SharedQuestions
  ) {
    self.generation = generation
    self.keyRing = keyRing
    self.scopes = Dictionary(uniqueKeysWithValues: scopes.map { ($0.scope, $0) })
    self.resources = Dictionary(uniqueKeysWithValues: resources.map { ($0.resource, $0) })
    requirements = self.resources.mapValues(TokenRequirements.init)
    self.serverState = serverState
    self.secretHasher = secretHasher
    self.lacksMasterKey = lacksMasterKey
    self.sharedQuestions = sharedQuestions
  }

  /// The same in memory of its own, for one event loop.
  ///
  /// Keys too, so that two loops count no references to one object.
  func unshared() -> ReplicaFacts {
    ReplicaFacts(
      generation: generation,
      keyRing: keyRing.unshared(),
      scopes: scopes.values.map { $0.unshared() },
      resources: resources.values.map { $0.unshared() },
      serverState: serverState,
      secretHasher: secretHasher.unshared(),
      lacksMasterKey: lacksMasterKey,
      sharedQuestions: sharedQuestions
    )
  }

  /// The uses that need a key: sealing, ES256, and the algorithms of resources.
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
