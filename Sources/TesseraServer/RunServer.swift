import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import TesseraCore
import TesseraHTTP
import TesseraManagement
import UnixSignals

/// Runs the server until the process is asked to stop by SIGTERM or SIGINT and requests in flight are done.
///
/// `data` is the data directory where it is open already; else that of the configuration is opened, and if its store cannot
/// be reached the server `waits`, answering 503, or does not start. It is closed in the end. `onReady` gets where the
/// server listens, one place or more, once requests are answered. Throws what stops the start: `DataDirectoryError`,
/// `ServerStartError`, or what `onReady` throws.
package func runServer(
  _ configuration: ServerConfiguration,
  data: DataDirectory? = nil,
  waits: Bool = false,
  log: ServerLog,
  onReady: @escaping @Sendable (_ places: [String]) async throws -> Void
) async throws {
  let logger = log.logger
  configuration.announceSources(logger)
  // What cannot be listened at is told before a store is opened, or waited for.
  let notices = NoticeBoard()
  let certificate = try configuration.certificate(logger, notices)
  let clientAuthorities = try configuration.clientAuthorities(logger)
  let managementCertificate = try configuration.managementCertificate(logger, notices)
  let issuerInUse = Mutex("")
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
  let open = { @Sendable () async throws(DataDirectoryError) in
    try await DataDirectory.open(of: configuration, whenAbsent: .fails, actor: "server")
  }
  var (opened, reason) = (data, "")
  if opened == nil {
    do throws(DataDirectoryError) {
      opened = try await open()
    } catch .unreachable(let text) where waits {
      reason = text
    } catch {
      throw error
    }
  }
  var settings = ServerNode.Settings()
  settings.replica = configuration.replicaSettings
  settings.lifetime = configuration.token
  settings.keys = configuration.keys
  let masterKeys = try opened?.masterKeys ?? DataDirectory.masterKeys(of: configuration)
  let node = ServerNode(ServerNode.Environment(masterKeys: masterKeys, logger: logger), settings: settings)
  let tracing = NodeTracing(configuration.tracing, logger: logger)
  let requestTracing = tracing.map { RequestTracing($0.tracer, counters: node.counters) }
  let management = ManagementService(
    of: node,
    masterKeys: masterKeys,
    configuration,
    certificate: managementCertificate,
    publicCertificate: certificate,
    tracing: tracing,
    logger: logger
  )
  let health = management.health
  let measured = { @Sendable (data: DataDirectory) in
    data.with(MeasuredStore(data.store, times: management.storeTimes))
  }
  let start = NodeStart(
    node: node,
    open: { () async throws(DataDirectoryError) in measured(try await open()) },
    logger: logger
  )
  var begun: NodeStart.Begun?
  if let opened {
    do {
      begun = try await start.begin(on: measured(opened))
    } catch let error as NodeStart.Unreachable {
      guard waits else { throw DataDirectoryError.unreachable(error.reason) }
      reason = error.reason
    }
  }
  let publishedKeys = try configuration.publishedKeys(logger)
  let endpoints = { @Sendable (issuer: String) in
    node.authorizationServers(
      AuthorizationServer.Settings(
        issuer: issuer,
        contractPath: configuration.contract.path,
        rfc6749Path: configuration.rfc6749.path,
        failureLimit: configuration.bruteForce,
        requiresStrictAssertions: configuration.requiresStrictAssertions,
        profile: configuration.profile.profile,
        verifyPeers: configuration.verifyPeers.isEmpty ? nil : configuration.verifyPeers,
        revocationFeedPeers: configuration.revocationFeedPeers.isEmpty
          ? nil : configuration.revocationFeedPeers,
        documentation: configuration.documentation.isEmpty ? nil : configuration.documentation,
        webOrigins: configuration.http.corsOrigins,
        requiresProofNonce: configuration.proofNonce == .required,
        clientCertificates: configuration.clientCertificates(clientAuthorities)
      ),
      publishedKeys: publishedKeys
    )
  }

  let (arrival, arrived) = AsyncStream<Void>.makeStream()
  let waitsBecause = begun == nil ? reason : nil
  let record = Mutex<ServerRecord.Lock?>(nil)
  let http = configuration.http
  let listener = ListenerService(
    start: { group in
      do {
        let server = try await HTTPServer.start(
          try plan.open(),
          routesOfEachLoop: { ports in
            let issuer = plan.defaultIssuer(ports, configuration)
            issuerInUse.withLock { $0 = issuer }
            management.serves(issuer)
            record.withLock { $0 = configuration.announce(issuer, logger) }
            let makeServer = endpoints(issuer)
            return { try makeServer().routes }
          },
          limits: http.limits,
          proxies: http.proxies,
          group: group,
          logger: logger,
          requestLog: log.requests,
          tracing: requestTracing
        )
        management.watch(server)
        return server
      } catch let error as ListeningProblem {
        throw ServerStartError.listening(error)
      } catch let error as CannotListen {
        throw ServerStartError.cannotListen(
          host: error.listener.host,
          port: error.listener.port,
          errorNumber: error.errorNumber
        )
      }
    },
    threads: http.threads == 0 ? System.coreCount : http.threads,
    serviceManager: NotifySocket(),
    onBound: { ports in
      guard await management.untilBound() else { return }
      if let url = management.url {
        let announced = configuration.announce(management: url, of: issuerInUse.withLock { $0 }, logger)
        record.withLock { $0 = announced ?? $0 }
      }
      health.isListening()
      let places = plan.places(ports)
      if let waitsBecause {
        NodeStart.say(waitsBecause, at: places[0], logger)
        var isThere = false
        for await _ in arrival.cancelOnGracefulShutdown() { isThere = true }
        guard isThere else { return }
      }
      try await onReady(places)
    },
    onDraining: { health.isDraining() }
  )

  let background = NodeService(
    start: start,
    begun: begun,
    onBegun: {
      health.storeIsThere()
      arrived.yield()
      arrived.finish()
    },
    services: { begun in
      let holder = ManagementService.nodeName
      let auditLog = AuditLog(store: begun.data.store, masterKeys: begun.data.masterKeys)
      let administration = Administration(
        store: begun.data.store,
        masterKeys: masterKeys,
        lifetime: configuration.token,
        keyRotation: configuration.keys,
        actor: "server"
      )
      management.begin(with: administration)
      var services: [any Service] = [
        ReplicaService(replica: node.replica),
        HousekeepingService(
          replica: node.replica,
          store: begun.data.store,
          audit: configuration.audit,
          usageDays: configuration.usage.days,
          auditLog: auditLog,
          holder: holder,
          logger: logger
        ),
        AuditCheckpointService(
          store: begun.data.store,
          auditLog: auditLog,
          holder: holder,
          notices: notices,
          logger: logger
        ),
        NotificationService(
          configuration: configuration,
          store: begun.data.store,
          replica: node.replica,
          holder: holder,
          issuer: {
            let issuer = issuerInUse.withLock { $0 }
            return issuer.isEmpty ? nil : issuer
          },
          notices: notices,
          statuses: management.deliveries,
          logger: logger
        ),
        begun.rotation,
        MasterKeyService(replica: node.replica, logger: logger),
        ClientUseService(replica: node.replica, logger: logger),
        SecretReplacementService(replica: node.replica, logger: logger),
        UsageService(replica: node.replica, settings: configuration.usage, logger: logger),
      ]
      if configuration.management.port != nil {
        services.append(
          CredentialExpiryService(
            expiry: management.credentialExpiry,
            store: begun.data.store,
            logger: logger
          )
        )
        services.append(
          NeedlessTokenService(
            count: management.needlessTokens,
            administration: administration,
            logger: logger
          )
        )
      }
      return services
    }
  )
  // The last is stopped first: nothing is asked any more when the store is closed.
  var services: [any Service] = [background]
  for case let certificate? in [certificate, managementCertificate] { services.append(certificate) }
  if let clientAuthorities { services.append(clientAuthorities) }
  if let tracing { services.append(tracing.exporter) }
  services.append(management)
  services.append(listener)
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
