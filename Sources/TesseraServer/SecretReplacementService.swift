import Logging
import ServiceLifecycle
import TesseraCore

/// Writes what is kept of secrets that another service had hashed, soon after each was presented rightly for the first time.
///
/// What a node has not written when it is killed, the foreign hash verifies once more.
struct SecretReplacementService: Service {
  private static let pause = Duration.seconds(2)

  let replica: Replica
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        try? await Task.sleep(for: SecretReplacementService.pause)
        if !Task.isCancelled { await write() }
      }
    }
    // The listener has stopped before, so this is all.
    await write()
  }

  private func write() async {
    do throws(StoreError) {
      try await replica.writeSecretReplacements()
    } catch {
      // It is written later; that the store does not answer, the replica has said already.
      logger.debug("what is kept of secrets could not be written", metadata: ["detail": "\(error)"])
    }
  }
}
