package import Logging
import NIOCore
import NIOExtras
package import NIOPosix
import Synchronization
package import TesseraCore
package import TesseraSupport

/// An address to listen at, and what is spoken there.
package struct HTTPListener: Sendable {
  package enum Kind: Sendable {
    /// HTTP/1.1 without TLS.
    case plain
  }

  package let host: String
  /// The port; 0 lets the system choose.
  package let port: Int
  package let kind: Kind

  package init(host: String, port: Int, kind: Kind = .plain) {
    self.host = host
    self.port = port
    self.kind = kind
  }
}

/// An address that the system does not let us listen at.
package struct CannotListen: Error {
  package let listener: HTTPListener
  /// What the system says, such as `EADDRINUSE`.
  package let errorNumber: CInt
}

/// The public listeners, straight on SwiftNIO: they share the endpoints and the bounds on connections.
package struct HTTPServer: Sendable {
  /// A listener that is bound.
  private struct Bound: Sendable {
    let channel: any Channel
    let quiescing: ServerQuiescingHelper

    var port: Int { channel.localAddress?.port ?? 0 }
  }

  private let bound: [Bound]
  private let drainTimeout: Int

  /// Binds, asks for the endpoints by the ports that were bound, and then begins to accept.
  ///
  /// Throws `CannotListen` when the system refuses an address, and what `routes` throws, and then listens at none.
  /// Without `requestLog`, requests are logged by the logger.
  package static func start(
    _ listeners: [HTTPListener],
    routes: @Sendable (_ ports: [Int]) throws -> [String: any Endpoint],
    limits: HTTPLimits = HTTPLimits(),
    proxies: TrustedProxies = .none,
    group: MultiThreadedEventLoopGroup,
    clock: WallClock = .system,
    logger: Logger,
    requestLog: (any RequestLog)? = nil
  ) async throws -> HTTPServer {
    let warning = PacedWarning(logger)
    let log = requestLog ?? LoggerRequestLog(logger)
    let exchanges = ExchangeHandler(proxies: proxies, log: log, warning: warning)
    let open = OpenConnections(limit: connectionLimit(limits, logger), group: group, warning: warning)
    // Endpoints can name the port, which the system may choose: nothing is accepted until they are here.
    let table = Mutex(EndpointTable([:]))
    var bound: [Bound] = []
    do {
      for listener in listeners {
        bound.append(
          try await bind(listener, group, logger) { channel in
            open.admit(channel).flatMapThrowing { isAdmitted in
              guard isAdmitted, let neighbours = open.connections(of: channel.eventLoop) else {
                try channel.pipeline.syncOperations.addHandler(OverloadHandler(clock: clock))
                return
              }
              let table = table.withLock { $0 }
              let shared = ConnectionContext(table: table, limits: limits, exchanges: exchanges, clock: clock)
              switch listener.kind {
              case .plain: try ConnectionHandler.serve(channel, shared, neighbours: neighbours)
              }
            }
          }
        )
      }
      let endpoints = EndpointTable(try routes(bound.map(\.port)))
      table.withLock { $0 = endpoints }
    } catch {
      for listener in bound { try? await listener.channel.close() }
      throw error
    }
    for listener in bound { try await listener.channel.setOption(.autoRead, value: true).get() }
    return HTTPServer(bound: bound, drainTimeout: limits.drainTimeout)
  }

  private static func bind(
    _ listener: HTTPListener,
    _ group: MultiThreadedEventLoopGroup,
    _ logger: Logger,
    _ serve: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
  ) async throws -> Bound {
    // The helper completes a promise of this loop when it is released, which is when the caller lets go of the server:
    // maybe after its own group has shut down. The singleton's loops never do.
    let quiescing = ServerQuiescingHelper(group: MultiThreadedEventLoopGroup.singleton)
    let bootstrap = ServerBootstrap(group: group)
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
      .childChannelInitializer(serve)
    do {
      let channel = try await bootstrap.bind(host: listener.host, port: listener.port).get()
      return Bound(channel: channel, quiescing: quiescing)
    } catch let error as IOError {
      throw CannotListen(listener: listener, errorNumber: error.errnoCode)
    }
  }

  /// The ports that it listens at, in the order of the listeners.
  package var ports: [Int] { bound.map(\.port) }

  /// Accepts nothing new, lets the requests in flight finish, and returns when all connections are closed
  /// or the drain timeout is over.
  package func stop() async {
    guard let eventLoop = bound.first?.channel.eventLoop else { return }
    let drained = eventLoop.makePromise(of: Void.self)
    let timeout = eventLoop.scheduleTask(in: .seconds(Int64(drainTimeout))) { drained.succeed() }
    let closed = bound.map { listener in
      let promise = eventLoop.makePromise(of: Void.self)
      listener.quiescing.initiateShutdown(promise: promise)
      return promise.futureResult
    }
    EventLoopFuture.whenAllComplete(closed, on: eventLoop).whenComplete { _ in
      timeout.cancel()
      drained.succeed()
    }
    try? await drained.futureResult.get()
  }

  /// The most connections, fewer than configured when the system does not let the process have so many.
  private static func connectionLimit(_ limits: HTTPLimits, _ logger: Logger) -> Int {
    let wanted = limits.maximumConnections
    let descriptors = DescriptorLimit.raised(for: wanted)
    guard descriptors.connections < wanted else { return wanted }
    logger.warning(
      "there is room for fewer connections than http.max-connections: raise the limit of open files (ulimit -n, LimitNOFILE)",
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
