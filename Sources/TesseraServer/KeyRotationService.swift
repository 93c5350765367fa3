import Logging
import ServiceLifecycle
import TesseraCore

/// Adds and removes keys when that is due.
///
/// What is due is looked up in memory every second; the store is asked only when something is.
struct KeyRotationService: Service {
  private static let interval = Duration.seconds(1)
  /// After a failure, so that a store that is down is not asked every second.
  private static let pause = Duration.seconds(30)

  let directory: Directory
  let administration: Administration
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        var pause = KeyRotationService.interval
        do throws(StoreError) {
          try await step()
        } catch {
          if Task.isCancelled { return }
          logger.error("keys could not be rotated; trying again", metadata: ["detail": "\(error)"])
          pause = KeyRotationService.pause
        }
        try? await Task.sleep(for: pause)
      }
    }
  }

  /// Does what is due now.
  func step() async throws(StoreError) {
    guard let facts = try? directory.facts(), administration.isRotationDue(facts) else { return }
    let performed = try await administration.performRotation(uses: facts.keyUses)
    if performed > 0 {
      logger.notice("rotated keys", metadata: ["steps": .stringConvertible(performed)])
    }
    // So that the next look at memory does not find the same due again.
    try await directory.catchUp()
  }
}
