package import Logging
package import TesseraSupport

/// A server without its listeners and services, put together in the same way for whatever runs it: `tessera serve`, a
/// test, a benchmark.
package struct ServerNode: Sendable {
  /// What whoever runs it brings along.
  package struct Environment: Sendable {
    package let masterKeys: MasterKeys
    package let clock: WallClock
    package let monotonicClock: MonotonicClock
    package let logger: Logger

    package init(
      masterKeys: MasterKeys,
      clock: WallClock = .system,
      monotonicClock: MonotonicClock = .system,
      logger: Logger
    ) {
      self.masterKeys = masterKeys
      self.clock = clock
      self.monotonicClock = monotonicClock
      self.logger = logger
    }

    /// The same with a master key that is not changed.
    package init(
      masterKey: MasterKey,
      clock: WallClock = .system,
      monotonicClock: MonotonicClock = .system,
      logger: Logger
    ) {
      self.init(
        masterKeys: MasterKeys(masterKey),
        clock: clock,
        monotonicClock: monotonicClock,
        logger: logger
      )
    }
  }

  /// What is configured, besides the endpoints.
  package struct Settings: Sendable {
    package var replica = Replica.Settings()
    package var lifetime = TokenLifetime()
    package var keys = KeyRotation.Settings()

    package init() {}
  }

  /// What it knows of the store.
  package let replica: Replica
  /// What its requests are counted by.
  package let counters = RequestCounters()
  private let environment: Environment
  private let settings: Settings

  /// A server that has no store yet, and answers 503 until it has begun.
  package init(_ environment: Environment, settings: Settings = Settings()) {
    self.environment = environment
    self.settings = settings
    replica = Replica(
      masterKeys: environment.masterKeys,
      settings: settings.replica,
      clock: environment.clock,
      monotonicClock: environment.monotonicClock,
      logger: environment.logger
    )
  }

  /// Reads what has to be there before the first answer, and returns what operators can do.
  ///
  /// `actor` is who the audit log says it was. With `initialises` a new store is given what it has to have. After an error
  /// it may be called again.
  package func begin(
    on store: any Store,
    actor: String,
    initialises: Bool = false
  ) async throws(StoreError) -> Administration {
    let administration = Administration(
      store: store,
      masterKeys: environment.masterKeys,
      lifetime: settings.lifetime,
      keyRotation: settings.keys,
      actor: actor,
      clock: environment.clock
    )
    if initialises { try await administration.initialise() }
    try await replica.begin(on: store)
    return administration
  }

  /// Its endpoints, which live as long as its tokens and keys do, for one event loop.
  package func authorizationServer(
    _ settings: AuthorizationServer.Settings,
    publishedKeys: any PublishedKeys = NoPublishedKeys(),
    adding: @escaping @Sendable (inout AuthorizationServer.Parts) -> Void = { _ in }
  ) throws(PathCollision) -> AuthorizationServer {
    try authorizationServers(settings, publishedKeys: publishedKeys, adding: adding)()
  }

  /// What makes its endpoints, which live as long as its tokens and keys do, once for each event loop.
  ///
  /// `publishedKeys` has the keys that clients publish; `adding` adds to the parts that every server has.
  package func authorizationServers(
    _ settings: AuthorizationServer.Settings,
    publishedKeys: any PublishedKeys = NoPublishedKeys(),
    adding: @escaping @Sendable (inout AuthorizationServer.Parts) -> Void = { _ in }
  ) -> @Sendable () throws(PathCollision) -> AuthorizationServer {
    var settings = settings
    settings.tokenLifetime = self.settings.lifetime
    settings.keySetLifetime = self.settings.keys.keySetLifetime
    let common = AuthorizationServer.Common(
      replica: replica,
      settings: settings,
      clock: environment.clock,
      monotonicClock: environment.monotonicClock,
      counters: counters
    )
    return { [settings] () throws(PathCollision) in
      try AuthorizationServer(common, settings: settings, publishedKeys: publishedKeys, adding: adding)
    }
  }
}
