package import Logging
package import TesseraSupport

/// A server without its listeners and services, put together in the same way for whatever runs it: `tessera serve`, a
/// test, a benchmark.
package struct ServerNode: Sendable {
  /// What whoever runs it brings along.
  package struct Environment: Sendable {
    package let store: any Store
    package let masterKey: MasterKey
    package let clock: WallClock
    package let monotonicClock: MonotonicClock
    package let logger: Logger

    package init(
      store: any Store,
      masterKey: MasterKey,
      clock: WallClock = .system,
      monotonicClock: MonotonicClock = .system,
      logger: Logger
    ) {
      self.store = store
      self.masterKey = masterKey
      self.clock = clock
      self.monotonicClock = monotonicClock
      self.logger = logger
    }
  }

  /// What is configured, besides the endpoints.
  package struct Settings: Sendable {
    package var directory = Directory.Settings()
    package var lifetime = TokenLifetime()
    package var keys = KeyRotation.Settings()

    package init() {}
  }

  /// What operators can do.
  package let administration: Administration
  /// What it knows of the store.
  package let directory: Directory
  private let environment: Environment
  private let settings: Settings

  /// Reads what has to be there before the first request.
  ///
  /// `actor` is who the audit log says it was. With `initialises` a new store is given what it has to have.
  package init(
    _ environment: Environment,
    settings: Settings = Settings(),
    actor: String,
    initialises: Bool = false
  ) async throws(StoreError) {
    self.environment = environment
    self.settings = settings
    administration = Administration(
      store: environment.store,
      masterKey: environment.masterKey,
      lifetime: settings.lifetime,
      keyRotation: settings.keys,
      actor: actor,
      clock: environment.clock
    )
    if initialises { try await administration.initialise() }
    directory = try await Directory(
      store: environment.store,
      masterKey: environment.masterKey,
      settings: settings.directory,
      clock: environment.clock,
      monotonicClock: environment.monotonicClock,
      logger: environment.logger
    )
  }

  /// Its endpoints, which live as long as its tokens and keys do.
  ///
  /// `adding` adds to the parts that every server has.
  package func authorizationServer(
    _ settings: AuthorizationServer.Settings,
    adding: (inout AuthorizationServer.Parts) -> Void = { _ in }
  ) throws(PathCollision) -> AuthorizationServer {
    var settings = settings
    settings.tokenLifetime = self.settings.lifetime
    settings.keySetLifetime = self.settings.keys.keySetLifetime
    return try AuthorizationServer(
      directory: directory,
      masterKey: environment.masterKey,
      settings: settings,
      clock: environment.clock,
      monotonicClock: environment.monotonicClock,
      adding: adding
    )
  }
}
