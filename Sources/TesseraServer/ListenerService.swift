import NIOCore
import NIOPosix
import ServiceLifecycle
import TesseraHTTP

/// The public listener as a service: bound, announced, and drained when the process is asked to stop.
///
/// `onBound` may take long, and ends when the process is asked to stop.
struct ListenerService: Service {
  let start: @Sendable (MultiThreadedEventLoopGroup) async throws -> HTTPServer
  let threads: Int
  let onBound: @Sendable (_ ports: [Int]) async throws -> Void

  func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    do {
      let server = try await start(group)
      try await onBound(server.ports)
      try? await gracefulShutdown()
      await server.stop()
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
    try? await group.shutdownGracefully()
  }
}
