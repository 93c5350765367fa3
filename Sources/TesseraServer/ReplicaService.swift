import ServiceLifecycle
import TesseraCore

/// Keeps the replica up to date until the process is asked to stop.
struct ReplicaService: Service {
  let replica: Replica

  func run() async throws {
    await cancelWhenGracefulShutdown { await replica.follow() }
  }
}
