package import TesseraJOSE
package import TesseraSupport

/// What operators can do.
///
/// The command line uses it now; whatever else comes later shares it.
///
/// Each operation checks its input, writes once with its audit event and throws a `StoreError`: `invalid` for
/// bad input, `notFound`, `conflict`, `unavailable`.
package struct Administration: Sendable {
  let store: any Store
  let masterKey: MasterKey
  let lifetime: TokenLifetime
  let rotation: KeyRotation
  let clock: WallClock
  let randomness: RandomSource
  /// Who does it, for the audit log, such as `cli:alice`.
  let actor: String

  package init(
    store: any Store,
    masterKey: MasterKey,
    lifetime: TokenLifetime = TokenLifetime(),
    keyRotation: KeyRotation.Settings = KeyRotation.Settings(),
    actor: String,
    clock: WallClock = .system,
    randomness: RandomSource = .system
  ) {
    self.store = store
    self.masterKey = masterKey
    self.lifetime = lifetime
    rotation = KeyRotation(settings: keyRotation, longestLifetime: lifetime.longest)
    self.actor = actor
    self.clock = clock
    self.randomness = randomness
  }

  func event(
    _ action: AuditEvent.Action,
    _ subject: String,
    _ details: [String: String] = [:]
  ) -> AuditEvent {
    AuditEvent(time: clock.now, actor: actor, action: action, subject: subject, details: details)
  }
}
