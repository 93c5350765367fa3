package import Logging
import NIOCore
import NIOExtras
package import NIOPosix
package import TesseraCore
package import TesseraSupport

/// The public listeners, straight on SwiftNIO: they share the endpoints and the bounds on connections.
package struct HTTPServer: Sendable {
  /// A listener that is bound.
  private struct Bound: Sendable {
    let channel: any Channel
    let quiescing: ServerQuiescingHelper

    var port: Int { channel.localAddress?.port ?? 0 }
  }

  private let bound: [Bound]
  private let open: OpenConnections
  private let group: MultiThreadedEventLoopGroup
  private let drainTimeout: Int

  /// Binds, asks for the endpoints by the ports that were bound, and then begins to accept: with endpoints that all event
  /// loops share.
  package static func start(
    _ listeners: [HTTPListener],
    routes: @Sendable (_ ports: [Int]) throws -> [String: any Endpoint],
    limits: HTTPLimits = HTTPLimits(),
    proxies: TrustedProxies = .none,
    group: MultiThreadedEventLoopGroup,
    clock: WallClock = .system,
    logger: Logger,
    requestLog: (any RequestLog)? = nil,
    tracing: RequestTracing? = nil
  ) async throws -> HTTPServer {
    try await start(
      listeners,
      routesOfEachLoop: { ports in
        let routes = try routes(ports)
        return { routes }
      },
      limits: limits,
      proxies: proxies,
      group: group,
      clock: clock,
      logger: logger,
      requestLog: requestLog,
      tracing: tracing
    )
  }

  /// Binds, asks for what makes the endpoints by the ports that were bound, lets each event loop make its own, and then
  /// begins to accept.
  ///
  /// Throws `CannotListen` when the system refuses an address, and what `routesOfEachLoop` throws, and then listens at none.
  /// Without `requestLog`, requests are logged by the logger.
  package static func start(
    _ listeners: [HTTPListener],
    routesOfEachLoop: @Sendable (_ ports: [Int]) throws -> @Sendable () throws -> [String: any Endpoint],
    limits: HTTPLimits = HTTPLimits(),
    proxies: TrustedProxies = .none,
    group: MultiThreadedEventLoopGroup,
    clock: WallClock = .system,
    logger: Logger,
    requestLog: (any RequestLog)? = nil,
    tracing: RequestTracing? = nil
  ) async throws -> HTTPServer {
    let warning = PacedWarning(logger)
    let connections = connectionLimit(limits, logger)
    let open = OpenConnections(
      limit: connections,
      // Those who have not shown yet that they mean it never have more than half of the places.
      handshakes: min(limits.maximumHandshakes, connections / 2),
      group: group,
      clock: clock,
      log: requestLog ?? LoggerRequestLog(logger),
      warning: warning
    )
    let limit = limits.maximumConnectionsPerAddress
    let addresses = limit == 0 ? nil : AddressLimit(limit: limit, exempt: proxies.addresses)
    let waiting = WaitingRoom<ArraySlice<UInt8>>(capacity: limits.maximumWaiting)
    var bound: [Bound] = []
    do {
      for listener in listeners {
        // Who may connect to a Unix socket is who may be believed: its file says who.
        let proxies = listener.isUnix ? proxies.trusting(Reception.unixPeer) : proxies
        let exchanges = ExchangeHandler(
          proxies: proxies,
          warning: warning,
          waiting: waiting,
          tracing: tracing
        )
        let reception = Reception(
          listener: listener,
          open: open,
          addresses: addresses,
          limits: limits,
          warning: warning,
          clock: clock
        ) {
          ConnectionContext(table: $0, limits: limits, exchanges: exchanges, clock: clock)
        }
        bound.append(try await bind(reception, group, logger))
      }
      // Endpoints can name the port, which the system may choose: nothing is accepted until they are here.
      let makeRoutes = try routesOfEachLoop(bound.map(\.port))
      try await open.serve { EndpointTable(try makeRoutes()) }
    } catch {
      for listener in bound { try? await listener.channel.close() }
      // Those after the one that failed, which nobody has taken yet.
      for listener in listeners.dropFirst(bound.count + 1) { listener.closeSocket() }
      throw error
    }
    for listener in bound { try await listener.channel.setOption(.autoRead, value: true).get() }
    return HTTPServer(bound: bound, open: open, group: group, drainTimeout: limits.drainTimeout)
  }

  private static func bind(
    _ reception: Reception,
    _ group: MultiThreadedEventLoopGroup,
    _ logger: Logger
  ) async throws -> Bound {
    let listener = reception.listener
    // The helper completes a promise of this loop when it is released, which is when the caller lets go of the server:
    // maybe after its own group has shut down. The singleton's loops never do.
    let quiescing = ServerQuiescingHelper(group: MultiThreadedEventLoopGroup.singleton)
    var bootstrap = ServerBootstrap(group: group)
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
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer(reception.receive)
    if !listener.isUnix { bootstrap = bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1) }
    do {
      switch listener.place {
      case .address(let host, let port):
        // Every address of this machine is those of IPv4 too, whatever the system's default is.
        if host == "::" {
          let onlyIPv6 = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)
          bootstrap = bootstrap.serverChannelOption(onlyIPv6, value: 0)
        }
        return Bound(channel: try await bootstrap.bind(host: host, port: port).get(), quiescing: quiescing)
      case .socket(let descriptor, _):
        return Bound(channel: try await bootstrap.withBoundSocket(descriptor).get(), quiescing: quiescing)
      }
    } catch let error as IOError {
      throw CannotListen(listener: listener, errorNumber: error.errnoCode)
    }
  }

  /// The ports that it listens at, in the order of the listeners.
  package var ports: [Int] { bound.map(\.port) }

  /// How many connections there are.
  package var connectionCount: Int { open.count }

  /// What the requests so far came to.
  package func tally() async -> RequestTally { await open.tally() }

  /// The latest requests that were refused, as far as they are remembered.
  package func denials() async -> RecentDenials { await open.denials() }

  /// Accepts nothing new, lets the requests in flight finish, and returns when all connections are closed
  /// or the drain timeout is over.
  package func stop() async {
    guard let eventLoop = bound.first?.channel.eventLoop else { return }
    await settleAccepted()
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
    await endTicks()
  }

  /// Lets every event loop hand over the lines of the log that it has.
  private func endTicks() async {
    for eventLoop in group.makeIterator() { try? await eventLoop.submit {}.get() }
  }

  /// Stops accepting, and lets what was accepted find its place.
  ///
  /// NIO closes a connection whose listener is closed meanwhile, and its peer may have sent a request.
  private func settleAccepted() async {
    for listener in bound { try? await listener.channel.setOption(.autoRead, value: false).get() }
    await endTicks()
    for listener in bound { try? await listener.channel.eventLoop.submit {}.get() }
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
