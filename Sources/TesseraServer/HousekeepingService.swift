import Logging
import ServiceLifecycle
import TesseraCore

/// Removes what nobody needs any more: revocations of expired tokens and changes that every node has heard.
struct HousekeepingService: Service {
  /// How long changes are kept, in seconds: far longer than any node answers without word from the store.
  static let changeRetention: Int64 = 7 * 86_400
  private static let interval = Duration.seconds(3600)

  let directory: Directory
  let store: any Store
  let clock: WallClock
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await tidy()
        try? await Task.sleep(for: HousekeepingService.interval)
      }
    }
  }

  func tidy() async {
    directory.forgetExpiredRevocations()
    do throws(StoreError) {
      let now = clock.now
      let revocations = try await store.removeRevocations(expiredBefore: now)
      let changes = try await store.removeChanges(
        madeBefore: now.advanced(bySeconds: -HousekeepingService.changeRetention)
      )
      // What concerns tokens that have expired by now, of clients.
      try await store.removeClientNotBefores(
        madeBefore: now.advanced(bySeconds: -Int64(directory.settings.longestTokenLifetime))
      )
      logger.debug(
        "tidied up",
        metadata: ["revocations": .stringConvertible(revocations), "changes": .stringConvertible(changes)]
      )
    } catch {
      // A server that stops in the middle of it has nothing to report.
      if Task.isCancelled { return }
      logger.warning("tidying up failed; it is tried again later", metadata: ["detail": "\(error)"])
    }
  }
}
