import NIOCore
import NIOPosix
import ServiceLifecycle
import TesseraHTTP

/// The public listener as a service: bound, announced, and drained when the process is asked to stop.
///
/// `onBound` may take long, and ends when the process is asked to stop. A service manager hears at once that the listener
/// is bound: what waits for the store is served, too.
struct ListenerService: Service {
  let start: @Sendable (MultiThreadedEventLoopGroup) async throws -> HTTPServer
  let threads: Int
  let serviceManager: NotifySocket?
  let onBound: @Sendable (_ ports: [Int]) async throws -> Void
  /// Called once no new requests are taken.
  let onDraining: @Sendable () -> Void

  func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    do {
      let server = try await start(group)
      serviceManager?.send("READY=1")
      async let _ = serviceManager.flatMap { Watchdog($0) }?.run(over: group)
      try await onBound(server.ports)
      try? await gracefulShutdown()
      serviceManager?.send("STOPPING=1")
      onDraining()
      await server.stop()
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
    try? await group.shutdownGracefully()
  }
}
