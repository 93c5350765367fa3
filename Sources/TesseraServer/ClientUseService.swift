import Logging
import ServiceLifecycle
import TesseraCore

/// Tells the store which clients are used, so that a node that starts reads those first, and how their secrets are used,
/// so that people know which can be removed.
///
/// Seldom enough to cost nothing beside the tokens. Clients: a full page once a minute at the earliest, and what is less
/// once in a quarter of an hour. Secrets: once in five minutes, all together. What a node has not told when it is killed
/// is forgotten.
struct ClientUseService: Service {
  private static let pause = Duration.seconds(60)
  private static let pausesForLess = 15
  private static let pausesForSecrets = 5

  let replica: Replica
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var (pauses, pausesOfSecrets) = (0, 0)
      while !Task.isCancelled {
        try? await Task.sleep(for: ClientUseService.pause)
        pauses += 1
        pausesOfSecrets += 1
        if pausesOfSecrets >= ClientUseService.pausesForSecrets, !Task.isCancelled {
          pausesOfSecrets = 0
          await record { () throws(StoreError) in try await replica.recordSecretUses() }
        }
        guard replica.unrecordedUses >= Replica.usePageSize || pauses >= ClientUseService.pausesForLess,
          !Task.isCancelled
        else { continue }
        pauses = 0
        await record { () throws(StoreError) in try await replica.recordUses() }
      }
    }
    // The listener has stopped before, so this is all.
    await record { () throws(StoreError) in try await replica.recordUses() }
    await record { () throws(StoreError) in try await replica.recordSecretUses() }
  }

  private func record(_ tell: () async throws(StoreError) -> Void) async {
    do throws(StoreError) {
      try await tell()
    } catch {
      // It is told again; that the store does not answer, the replica has said already.
      logger.debug("uses of clients could not be recorded", metadata: ["detail": "\(error)"])
    }
  }
}
