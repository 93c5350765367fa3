import Synchronization
import TesseraJOSE

extension Replica {
  /// What the master key protects, in clear.
  private struct Unwrapped {
    let keyRing: KeyRing
    let secretHasher: SecretHasher
    let lacksMasterKey: Bool
  }

  /// Reads keys, scopes, resources and server state.
  func readFacts(from store: any Store) async throws(StoreError) -> ReplicaFacts {
    guard var serverState = try await store.serverState() else {
      throw .invalid("the store is not initialised")
    }
    while true {
      let keys = try await store.keys()
      let unwrapped: Unwrapped
      do throws(KeyUnwrappingError) {
        unwrapped = try unwrap(keys, serverState)
      } catch {
        // Unless the master key was changed between the two questions.
        guard let present = try await store.serverState(), present != serverState else {
          throw .invalid(error.description)
        }
        serverState = present
        continue
      }
      return ReplicaFacts(
        keyRing: unwrapped.keyRing,
        scopes: try await store.scopes(),
        resources: try await store.resources(),
        serverState: serverState,
        secretHasher: unwrapped.secretHasher,
        lacksMasterKey: unwrapped.lacksMasterKey
      )
    }
  }

  /// Unwraps the keys of a store in this state.
  ///
  /// A store of another master key is an error, so that nothing is ever sealed with it. When the master key was changed
  /// since this process began, it goes on with the keys that it knows in clear, as long as there is none that it does not.
  private func unwrap(
    _ keys: [WrappedKey],
    _ serverState: ServerState
  ) throws(KeyUnwrappingError) -> Unwrapped {
    if let masterKey = masterKeys.key(of: serverState) {
      return Unwrapped(
        keyRing: try KeyRing(keys, masterKey: masterKey),
        secretHasher: try serverState.secretHasher(by: masterKey),
        lacksMasterKey: false
      )
    }
    guard let known = state.withLock({ $0.facts }) else {
      throw KeyUnwrappingError(number: keys.first?.number)
    }
    return Unwrapped(
      keyRing: try KeyRing(keys, knownFrom: known.keyRing),
      secretHasher: known.secretHasher,
      lacksMasterKey: true
    )
  }

  /// Whether the master key of the store is not that of this process any more; false while nothing is known.
  package var lacksMasterKey: Bool { state.withLock { $0.facts?.lacksMasterKey ?? false } }

  /// Takes the new master key of the store into use, once it is there.
  func takeMasterKey() async throws(StoreError) {
    guard let facts = state.withLock({ $0.facts }), facts.lacksMasterKey,
      masterKeys.key(of: facts.serverState) != nil
    else { return }
    let renewed = try await readFacts(from: store)
    state.withLock { state in
      state.facts = renewed
      version.advance()
    }
  }
}
