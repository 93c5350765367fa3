import Synchronization

/// What grants are for, once for all clients and tokens that have the same.
///
/// Bounded in bytes, and in what one client can put there; what is not shared works as well.
final class SharedAccess: Sendable {
  private let known = Mutex(SharedTable<[UInt8], GrantedAccess>())

  /// The shared one with these scopes and audiences, which a client gets.
  func access(_ scopes: ScopeSet, _ audiences: [Resource], for client: ClientID) -> GrantedAccess {
    let form = GrantPayload.encode(scopes, audiences)
    return access(form, for: client) { GrantedAccess(scopes: scopes, audiences: audiences) }
      ?? GrantedAccess(scopes: scopes, audiences: audiences)
  }

  /// The shared one that a sealed token of a client has in this form; nil when it is none.
  func access(sealed form: [UInt8], for client: ClientID) -> GrantedAccess? {
    access(form, for: client) { GrantPayload.decodeAccess(form) }
  }

  private func access(
    _ form: [UInt8],
    for client: ClientID,
    _ make: () -> GrantedAccess?
  ) -> GrantedAccess? {
    if let shared = known.withLock({ $0.value(for: form) }) { return shared }
    guard let made = make() else { return nil }
    known.withLock { $0.insert(made, for: form, size: form.count, by: client) }
    return made
  }
}
