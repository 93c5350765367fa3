import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization
import TesseraCore
import TesseraHTTP
import TesseraManagement

/// The management listener of a node, and what it is told.
///
/// It begins before the public listener takes requests, and ends after that has stopped.
final class ManagementService: Service {
  let health: NodeHealth
  let storeTimes = StoreTimes()
  let secretExpiry = SecretExpiry()
  private let node: ServerNode
  private let configuration: ServerConfiguration.Management
  private let publicCertificate: CertificateService?
  /// What the listener shows; nil without TLS.
  private let certificate: CertificateService?
  private let logger: Logger
  private let server = Mutex<HTTPServer?>(nil)
  private let bound = AsyncStream<Int>.makeStream()

  init(
    of node: ServerNode,
    _ configuration: ServerConfiguration.Management,
    certificate: CertificateService?,
    publicCertificate: CertificateService?,
    logger: Logger
  ) {
    self.node = node
    self.configuration = configuration
    self.certificate = certificate
    self.publicCertificate = publicCertificate
    self.logger = logger
    health = NodeHealth(of: node.replica)
  }

  /// The public listener whose requests are counted.
  func watch(_ server: HTTPServer) {
    self.server.withLock { $0 = server }
  }

  /// Waits until it listens, and says at which port; false when the process is asked to stop before.
  func untilBound() async -> Bool {
    guard configuration.port != nil else { return true }
    for await port in bound.stream.cancelOnGracefulShutdown() {
      logger.notice(
        "the management listener is open",
        metadata: ["host": .string(configuration.host), "port": .stringConvertible(port)]
      )
      return true
    }
    return false
  }

  func run() async throws {
    guard let port = configuration.port else {
      try? await gracefulShutdown()
      return
    }
    var secure: (@Sendable () -> NIOSSLServerHandler)?
    if let credentials = certificate?.credentials {
      secure = { () -> NIOSSLServerHandler in credentials.handler() }
    }
    let listener = ManagementListener(
      host: configuration.host,
      port: port,
      health: health,
      metrics: sources,
      secure: secure,
      logger: logger
    ) { [bound] port in bound.continuation.yield(port) }
    do {
      try await listener.run()
    } catch let error as IOError {
      throw ServerStartError.cannotListen(
        host: configuration.host,
        port: port,
        errorNumber: error.errnoCode,
        keys: .management
      )
    }
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
      SecretMetrics(nextExpiry: { [secretExpiry] in secretExpiry.seconds }),
      DirectoryMetrics(node.replica),
      StoreMetrics(storeTimes),
    ]
  }
}
