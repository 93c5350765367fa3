package import Logging
import NIOCore
import NIOExtras
package import NIOPosix
import Synchronization
package import TesseraCore

/// The public listener: HTTP/1.1 straight on SwiftNIO.
package struct HTTPServer: Sendable {
  private let channel: any Channel
  private let quiescing: ServerQuiescingHelper
  private let drainTimeout: Int

  /// Binds, asks for the endpoints by the port that was bound, and then begins to accept.
  ///
  /// Throws what the system says when it cannot, such as `EADDRINUSE`, and what `routes` throws.
  ///
  /// `port` 0 lets the system choose. Without `requestLog`, requests are logged by the logger.
  package static func start(
    host: String,
    port: Int,
    routes: @Sendable (_ port: Int) throws -> [String: any Endpoint],
    limits: HTTPLimits = HTTPLimits(),
    proxies: TrustedProxies = .none,
    group: MultiThreadedEventLoopGroup,
    clock: WallClock = .system,
    logger: Logger,
    requestLog: (any RequestLog)? = nil
  ) async throws -> HTTPServer {
    // The helper completes a promise of this loop when it is released, which is when the caller lets go of the server:
    // maybe after its own group has shut down. The singleton's loops never do.
    let quiescing = ServerQuiescingHelper(group: MultiThreadedEventLoopGroup.singleton)
    // Endpoints can name the port, which the system may choose: nothing is accepted until they are here.
    let table = Mutex(EndpointTable([:]))
    let log = requestLog ?? LoggerRequestLog(logger)
    let warning = PacedWarning(logger)
    let open = OpenConnections(limit: connectionLimit(limits, logger), group: group, warning: warning)
    let channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.autoRead, value: false)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            quiescing.makeServerChannelHandler(channel: channel),
            AcceptPause(logger: logger)
          )
        }
      }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        open.admit(channel).flatMapThrowing { isAdmitted in
          let pipeline = channel.pipeline.syncOperations
          guard isAdmitted, let neighbours = open.connections(of: channel.eventLoop) else {
            try pipeline.addHandler(OverloadHandler(clock: clock))
            return
          }
          let context = ConnectionContext(
            table: table.withLock { $0 },
            limits: limits,
            proxies: proxies,
            log: log,
            warning: warning,
            clock: clock
          )
          let connection = ConnectionHandler(context, neighbours: neighbours)
          try pipeline.addHandlers(RequestParser(connection, limits: limits), connection)
        }
      }
      .bind(host: host, port: port).get()
    let endpoints: EndpointTable
    do {
      endpoints = EndpointTable(try routes(channel.localAddress?.port ?? 0))
    } catch {
      try? await channel.close().get()
      throw error
    }
    table.withLock { $0 = endpoints }
    try await channel.setOption(.autoRead, value: true).get()
    return HTTPServer(channel: channel, quiescing: quiescing, drainTimeout: limits.drainTimeout)
  }

  /// The port that it listens at.
  package var port: Int { channel.localAddress?.port ?? 0 }

  /// Accepts nothing new, lets the requests in flight finish, and returns when all connections are closed
  /// or the drain timeout is over.
  package func stop() async {
    let drained = channel.eventLoop.makePromise(of: Void.self)
    let timeout = channel.eventLoop.scheduleTask(in: .seconds(Int64(drainTimeout))) { drained.succeed() }
    let closed = channel.eventLoop.makePromise(of: Void.self)
    closed.futureResult.whenComplete { _ in
      timeout.cancel()
      drained.succeed()
    }
    quiescing.initiateShutdown(promise: closed)
    try? await drained.futureResult.get()
  }

  /// The most connections, fewer than configured when the system does not let the process have so many.
  private static func connectionLimit(_ limits: HTTPLimits, _ logger: Logger) -> Int {
    let wanted = limits.maximumConnections
    let descriptors = DescriptorLimit.raised(for: wanted)
    guard descriptors.connections < wanted else { return wanted }
    logger.warning(
      "fewer connections than http.max-connections: raise the limit of open files (ulimit -n, LimitNOFILE)",
      metadata: [
        "max_connections": .stringConvertible(descriptors.connections),
        "configured": .stringConvertible(wanted),
        "open_files": .stringConvertible(descriptors.current),
        "open_files_needed": .stringConvertible(DescriptorLimit.needed(for: wanted)),
      ]
    )
    return descriptors.connections
  }
}
