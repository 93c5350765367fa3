import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import TesseraCore
import TesseraHTTP
import UnixSignals

/// Runs the server until the process is asked to stop by SIGTERM or SIGINT and requests in flight are done.
///
/// `onReady` gets where the server listens, one or more. Throws what stops the start: `ServerStartError`, or what `onReady`
/// throws.
package func runServer(
  _ configuration: ServerConfiguration,
  data: DataDirectory,
  log: ServerLog,
  onReady: @escaping @Sendable (_ places: [String]) async throws -> Void
) async throws {
  let logger = log.logger
  configuration.announceSources(logger)
  let certificate = try configuration.certificate(logger)
  var settings = ServerNode.Settings()
  settings.replica = configuration.replicaSettings
  settings.lifetime = configuration.token
  settings.keys = configuration.keys
  let node: ServerNode
  let rotation: KeyRotationService
  do throws(StoreError) {
    node = try await ServerNode(
      ServerNode.Environment(store: data.store, masterKey: data.masterKey, logger: logger),
      settings: settings,
      actor: "server"
    )
    rotation = KeyRotationService(
      replica: node.replica,
      administration: node.administration,
      logger: logger
    )
    // Before the first request: a data directory of an earlier version has no key that signs.
    try await rotation.step()
    if let facts = try? node.replica.facts(), let ahead = node.administration.timesAhead(facts) {
      logger.error(
        "the clock is behind what is stored: set it right, or run tessera revoke-all --clock-was-ahead",
        metadata: ["detail": "\(ahead)"]
      )
    }
  } catch {
    throw ServerStartError.store(error)
  }
  let endpoints = { @Sendable (issuer: String) in
    try node.authorizationServer(
      AuthorizationServer.Settings(
        issuer: issuer,
        contractPath: configuration.contract.path,
        rfc6749Path: configuration.rfc6749.path,
        failureLimit: configuration.bruteForce,
        verifyPeers: configuration.verifyPeers.isEmpty ? nil : configuration.verifyPeers,
        revocationFeedPeers: configuration.revocationFeedPeers.isEmpty
          ? nil : configuration.revocationFeedPeers,
        documentation: configuration.documentation.isEmpty ? nil : configuration.documentation,
        webOrigins: configuration.http.corsOrigins
      )
    ).routes
  }

  let record = Mutex<ServerRecord.Lock?>(nil)
  let issuerInUse = Mutex("")
  let http = configuration.http
  let plan: ListeningPlan
  do throws(ListeningProblem) {
    plan = try ListeningPlan(
      configuration,
      credentials: certificate?.credentials,
      inherited: try InheritedSocket.all(),
      url: { issuerInUse.withLock { $0 } }
    )
  } catch {
    throw ServerStartError.listening(error)
  }
  defer { plan.cleanUp() }
  let listener = ListenerService(
    start: { group in
      do {
        return try await HTTPServer.start(
          plan.listeners,
          routes: { ports in
            let issuer = plan.defaultIssuer(ports, configuration)
            issuerInUse.withLock { $0 = issuer }
            record.withLock { $0 = configuration.announce(issuer, logger) }
            return try endpoints(issuer)
          },
          limits: http.limits,
          proxies: http.isBehindTLSProxy ? TrustedProxies(http.trustedProxies, hops: http.proxyHops) : .none,
          group: group,
          logger: logger,
          requestLog: log.requests
        )
      } catch let error as CannotListen {
        throw ServerStartError.cannotListen(
          host: error.listener.host,
          port: error.listener.port,
          errorNumber: error.errorNumber
        )
      }
    },
    threads: http.threads == 0 ? System.coreCount : http.threads,
    onReady: { ports in try await onReady(plan.places(ports)) }
  )

  let services: [any Service] =
    [
      ReplicaService(replica: node.replica),
      HousekeepingService(
        replica: node.replica,
        store: data.store,
        audit: configuration.audit,
        logger: logger
      ),
      rotation,
    ] + (certificate.map { [$0] } ?? []) + [listener]
  let group = ServiceGroup(
    configuration: ServiceGroupConfiguration(
      services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger
    )
  )
  defer { record.withLock { $0 = nil } }
  try await group.run()
}
