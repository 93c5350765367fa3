import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
package import NIOSSL
import ServiceLifecycle
import TesseraCore

/// The listener for operators and what they run: health and metrics, apart from the public one.
///
/// It is on threads of its own, so that nothing it does delays a token.
package struct ManagementListener: Service {
  /// The most connections at a time; for more, the system lets them wait.
  private static let maximumConnections = 64
  /// How long a connection may stay open without a request.
  private static let idleTimeout = TimeAmount.seconds(60)

  private let host: String
  private let port: Int
  private let health: NodeHealth
  private let metrics: [any MetricSource]
  private let administration: Administrated
  private let secure: (@Sendable () -> NIOSSLServerHandler)?
  private let logger: Logger
  private let onBound: @Sendable (_ port: Int) async -> Void

  /// What the management API needs.
  package struct Administrated: Sendable {
    let node: @Sendable () -> AdminNode?
    let isPrivate: Bool
    let requiresToken: Bool
    let version: String

    /// `node` is nil as long as there is no store, `isPrivate` says whether credentials may be sent to this listener, and
    /// with `requiresToken` metrics and the document need a token, too.
    package init(
      node: @escaping @Sendable () -> AdminNode?,
      isPrivate: Bool,
      requiresToken: Bool,
      version: String
    ) {
      self.node = node
      self.isPrivate = isPrivate
      self.requiresToken = requiresToken
      self.version = version
    }
  }

  /// `secure` begins TLS on a new connection; without it there is none. `onBound` gets the port, which the system chooses
  /// where `port` is 0.
  package init(
    host: String,
    port: Int,
    health: NodeHealth,
    metrics: [any MetricSource],
    administration: Administrated,
    secure: (@Sendable () -> NIOSSLServerHandler)?,
    logger: Logger,
    onBound: @escaping @Sendable (_ port: Int) async -> Void
  ) {
    self.host = host
    self.port = port
    self.health = health
    self.metrics = metrics
    self.administration = administration
    self.secure = secure
    self.onBound = onBound
    // Of the framework nothing: what goes wrong is thrown or answered, and it logs an error also where it is only stopped.
    var logger = logger
    logger.logLevel = .critical
    self.logger = logger
  }

  /// Listens until the process is asked to stop; throws `IOError` when the system refuses the address.
  package func run() async throws {
    let router = Router(context: ManagementContext.self, options: [.autoGenerateHeadEndpoints])
    router.middlewares.add(ProblemMiddleware())
    let api = AdminAPI(node: administration.node, isPrivate: administration.isPrivate)
    router.middlewares.add(AdminMiddleware(api: api, requiresToken: administration.requiresToken))
    HealthRoutes(health: health).add(to: router)
    let (operations, version, node) = (api.operations, administration.version, administration.node)
    router.get("/openapi.json") { _, _ in
      let document = OpenAPIDocument(
        operations: operations,
        version: version,
        tokenEndpoint: node()?.facts.tokenEndpoint
      )
      return Response.json(document.json)
    }
    ProtectedResourceRoute { node()?.facts }.add(to: router)
    MetricRoutes(sources: metrics).add(to: router)
    let application = Application(
      router: router,
      server: HTTPServerBuilder { [secure] responder in
        let plain = HTTP1Channel(
          responder: responder,
          configuration: HTTP1Channel.Configuration(
            idleTimeout: ManagementListener.idleTimeout,
            httpDecoderConfiguration: .init(
              // With room for what the API refuses by itself, because then it says why.
              maxHeaderFieldSize: 32_768,
              maxHeaderListSize: 65_536,
              maxHeaderFieldCount: 100
            )
          )
        )
        guard let secure else { return plain }
        return SecureChannel(plain, begin: secure)
      },
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: MaximumAvailableConnections(
          ManagementListener.maximumConnections,
          logger: logger
        )
      ),
      onServerRunning: { channel in await onBound(channel.localAddress?.port ?? 0) },
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
      logger: logger
    )
    try await application.run()
  }
}
