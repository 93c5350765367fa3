import ServiceLifecycle
import TesseraCore

/// Keeps the directory up to date until the process is asked to stop.
struct DirectoryService: Service {
  let directory: Directory

  func run() async throws {
    await cancelWhenGracefulShutdown { await directory.follow() }
  }
}
