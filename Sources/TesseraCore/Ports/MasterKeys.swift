import Synchronization

/// The master key that a process has, which can be changed while it runs.
package final class MasterKeys: Sendable {
  private let known: Mutex<MasterKey>
  private let reread: @Sendable (ServerState) -> MasterKey?

  /// `reread` looks for the key of a store where the process got its key from.
  package init(_ key: MasterKey, reread: @escaping @Sendable (ServerState) -> MasterKey? = { _ in nil }) {
    known = Mutex(key)
    self.reread = reread
  }

  /// The key as far as it is known.
  package var current: MasterKey { known.withLock { $0 } }

  /// The key of a store in this state; nil when this process has another one, and none that is new.
  package func key(of state: ServerState) -> MasterKey? {
    let key = current
    if state.isProtected(by: key) { return key }
    guard let new = reread(state), state.isProtected(by: new) else { return nil }
    known.withLock { $0 = new }
    return new
  }
}
