import Logging
import ServiceLifecycle
import TesseraCore

/// Tells the store which clients are used, so that a node that starts reads those first.
///
/// Seldom enough to cost nothing beside the tokens: a full page once a minute at the earliest, and what is less
/// once in a quarter of an hour. What a node has not told when it is killed is forgotten.
struct ClientUseService: Service {
  private static let pause = Duration.seconds(60)
  private static let pausesForLess = 15

  let replica: Replica
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var pauses = 0
      while !Task.isCancelled {
        try? await Task.sleep(for: ClientUseService.pause)
        pauses += 1
        guard replica.unrecordedUses >= Replica.usePageSize || pauses >= ClientUseService.pausesForLess,
          !Task.isCancelled
        else { continue }
        pauses = 0
        await record()
      }
    }
    // The listener has stopped before, so this is all.
    await record()
  }

  private func record() async {
    do throws(StoreError) {
      try await replica.recordUses()
    } catch {
      // It is told again; that the store does not answer, the replica has said already.
      logger.debug("uses of clients could not be recorded", metadata: ["detail": "\(error)"])
    }
  }
}
