import Foundation
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization
import TesseraCore
import TesseraHTTP
import TesseraManagement
import TesseraSupport

/// The management listener of a node, and what it is told.
///
/// It begins before the public listener takes requests, and ends after that has stopped.
final class ManagementService: Service {
  let health: NodeHealth
  let storeTimes: StoreTimes
  let credentialExpiry = CredentialExpiry()
  let deliveries = DeliveryStatuses()
  let needlessTokens = NeedlessTokenCount()
  private let node: ServerNode
  /// For the requests of operators.
  private let reader: ReplicaReader
  private let configuration: ServerConfiguration
  /// Whether somebody has said which port it is.
  private let isPortGiven: Bool
  private let publicCertificate: CertificateService?
  /// What the listener shows; nil without TLS.
  private let certificate: CertificateService?
  /// What became of spans; nil when nothing is traced.
  private let spanCounts: (@Sendable () -> (exported: Int, dropped: Int))?
  private let logger: Logger
  private let server = Mutex<HTTPServer?>(nil)
  private let issuer = Mutex<String?>(nil)
  private let administration = Mutex<Administration?>(nil)
  private let replicaSettings: Replica.Settings
  private let masterKeys: MasterKeys
  private let bound = AsyncStream<Int>.makeStream()
  private let reachable = Mutex<ServerURL?>(nil)

  init(
    of node: ServerNode,
    masterKeys: MasterKeys,
    _ configuration: ServerConfiguration,
    certificate: CertificateService?,
    publicCertificate: CertificateService?,
    tracing: NodeTracing?,
    logger: Logger
  ) {
    storeTimes = StoreTimes(tracer: tracing?.tracer)
    spanCounts = tracing?.counts
    self.node = node
    reader = node.replica.reader()
    self.masterKeys = masterKeys
    self.configuration = configuration
    isPortGiven = configuration.origins["management.port"] != nil
    var replicaSettings = configuration.replicaSettings
    // One that is asked a single question needs no clients but those it asks about.
    replicaSettings.warmClients = 0
    self.replicaSettings = replicaSettings
    self.certificate = certificate
    self.publicCertificate = publicCertificate
    self.logger = logger
    health = NodeHealth(of: node.replica)
  }

  /// The tokens of operators are of this issuer.
  func serves(_ issuer: String) {
    self.issuer.withLock { $0 = issuer }
  }

  /// The store is there, and what operators can do.
  func begin(with administration: Administration) {
    self.administration.withLock { $0 = administration }
  }

  /// The public listener whose requests are counted.
  func watch(_ server: HTTPServer) {
    self.server.withLock { $0 = server }
  }

  /// What this process is called where several serve one store.
  static let nodeName =
    "process \(ProcessInfo.processInfo.processIdentifier) of \(ProcessInfo.processInfo.hostName)"

  /// Where this machine reaches it, once it listens; nil where there is none.
  private(set) var url: ServerURL? {
    get { reachable.withLock { $0 } }
    set { reachable.withLock { $0 = newValue } }
  }

  /// Waits until it listens, and says at which port; false when the process is asked to stop before.
  func untilBound() async -> Bool {
    guard configuration.management.port != nil else { return true }
    for await port in bound.stream.cancelOnGracefulShutdown() {
      url = configuration.management.url(port)
      logger.notice(
        "the management listener is open",
        metadata: ["host": .string(configuration.management.host), "port": .stringConvertible(port)]
      )
      return true
    }
    return false
  }

  func run() async throws {
    guard let port = configuration.management.port else {
      try? await gracefulShutdown()
      return
    }
    do {
      do {
        try await listener(at: port).run()
      } catch let error as IOError where error.errnoCode == EADDRINUSE && !isPortGiven {
        // Nobody has asked for it, so it keeps no second server on this machine from its tokens.
        logger.warning(
          "the port of the management listener is in use, so it takes any free one: choose it with management.port",
          metadata: ["host": .string(configuration.management.host), "port": .stringConvertible(port)]
        )
        try await listener(at: 0).run()
      }
    } catch let error as IOError {
      throw ServerStartError.cannotListen(
        host: configuration.management.host,
        port: port,
        errorNumber: error.errnoCode,
        keys: .management
      )
    }
  }

  private func listener(at port: Int) -> ManagementListener {
    var secure: (@Sendable () -> NIOSSLServerHandler)?
    if let credentials = certificate?.credentials {
      secure = { () -> NIOSSLServerHandler in credentials.handler() }
    }
    return ManagementListener(
      host: configuration.management.host,
      port: port,
      health: health,
      metrics: sources,
      administration: ManagementListener.Administrated(
        node: { [self] in administrated },
        isPrivate: certificate != nil || ListenAddress.isLoopback(configuration.management.host),
        requiresToken: configuration.management.requiresToken,
        version: Version.current
      ),
      secure: secure,
      logger: logger
    ) { [bound] port in bound.continuation.yield(port) }
  }

  private var administrated: AdminNode? {
    guard let issuer = issuer.withLock({ $0 }), let administration = administration.withLock({ $0 }) else {
      return nil
    }
    return AdminNode(
      administration: administration,
      inspector: TokenInspector(
        replica: reader,
        formats: AuthorizationServer.tokenFormats(issuer: issuer)
      ),
      replica: node.replica,
      facts: configuration.facts(of: issuer),
      cursors: CursorSealer(masterKey: masterKeys.current),
      tickets: OperatorTickets(masterKey: masterKeys.current),
      name: ManagementService.nodeName,
      replicaSettings: replicaSettings,
      denials: { [self] in
        await server.withLock { $0 }?.denials() ?? RecentDenials([], requestPrefixes: [])
      },
      readImport: { source, file, grants throws(AdministrationError) in
        do throws(ImportFileError) {
          return try source.clients(in: Array(file.utf8), grants: grants.map { Array($0.utf8) })
        } catch {
          throw .invalid(nil, error.description)
        }
      },
      deliveries: { [configuration] in
        try await administration.deliveryStatuses(of: configuration.subscriptions)
      },
      testDeliveries: { [configuration] in
        do {
          return try await configuration.testDeliveries(from: issuer, by: administration)
        } catch let error as ConfigurationError {
          throw AdministrationError.conflict(error.description)
        }
      },
      now: { WallClock.system.now }
    )
  }

  /// Everything that is told of the node.
  private var sources: [any MetricSource] {
    [
      RequestMetrics(node.counters) { [self] in
        await server.withLock { $0 }?.tally() ?? RequestTally()
      },
      ListenerMetrics(
        version: Version.current,
        connections: { [self] in server.withLock { $0 }?.connectionCount ?? 0 },
        certificateExpiry: { [publicCertificate] in publicCertificate?.secondsToExpiry }
      ),
      CredentialMetrics(
        nextSecretExpiry: { [credentialExpiry] in credentialExpiry.secondsToSecret },
        nextKeyExpiry: { [credentialExpiry] in credentialExpiry.secondsToKey }
      ),
      UsageMetrics(needless: { [needlessTokens] in needlessTokens.present }),
      DirectoryMetrics(node.replica),
      DeliveryMetrics { [deliveries] in deliveries.all },
      StoreMetrics(storeTimes),
    ] + (spanCounts.map { [SpanMetrics(counts: $0)] } ?? [])
  }
}
