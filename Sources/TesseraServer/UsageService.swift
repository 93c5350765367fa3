import Logging
import ServiceLifecycle
import TesseraCore

/// How what token requests came to is counted and kept.
package struct UsageSettings: Sendable {
  /// For how many days; 0 for ever.
  package var days = 400
  /// How often a server tells the store, in seconds.
  package var interval = 300

  package init() {}
}

/// Tells the store now and then how secrets were used and what token requests came to, each of all clients together.
///
/// What a node has not told when it is killed is forgotten: that of one interval at the most.
struct UsageService: Service {
  let replica: Replica
  let settings: UsageSettings
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(settings.interval))
        if !Task.isCancelled { await record() }
      }
    }
    // The listener has stopped before, so this is all.
    await record()
  }

  private func record() async {
    for tell in [replica.recordSecretUses, replica.recordUsage] {
      do throws(StoreError) {
        try await tell()
      } catch {
        // It is told again; that the store does not answer, the replica has said already.
        logger.debug("usage could not be recorded", metadata: ["detail": "\(error)"])
      }
    }
  }
}
