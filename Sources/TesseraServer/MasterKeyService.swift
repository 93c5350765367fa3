import Logging
import ServiceLifecycle
import TesseraCore
import TesseraSupport

/// Takes a new master key into use once it is there, and says so as long as it is not.
///
/// The node goes on meanwhile: it has in memory what the old one protected.
struct MasterKeyService: Service {
  private static let interval = Duration.seconds(1)
  /// Between two lines of the log, in milliseconds.
  private static let silence: Int64 = 600_000

  let replica: Replica
  let logger: Logger
  var clock = MonotonicClock.system

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var lineWasWritten: Int64?
      while !Task.isCancelled {
        await step(&lineWasWritten)
        try? await Task.sleep(for: MasterKeyService.interval)
      }
    }
  }

  /// Looks once.
  func step(_ lineWasWritten: inout Int64?) async {
    // When this fails, the follower of the feed says so.
    if replica.lacksMasterKey { try? await replica.catchUp() }
    guard replica.lacksMasterKey else {
      if lineWasWritten != nil { logger.notice("the new master key is in use") }
      lineWasWritten = nil
      return
    }
    let now = clock.milliseconds
    if let lineWasWritten, now - lineWasWritten < MasterKeyService.silence { return }
    lineWasWritten = now
    logger.error(
      "the master key was changed, and this node has the old one: give it the new one, or restart it with that",
      metadata: ["detail": "it goes on with the keys that it has until the next one is made"]
    )
  }
}
