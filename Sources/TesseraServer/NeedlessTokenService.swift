import Logging
import ServiceLifecycle
import Synchronization
import TesseraCore

/// How many clients fetch a token for each call, as far as the store has told.
final class NeedlessTokenCount: Sendable {
  private let count = Mutex<(clients: Int, tokens: Int64)?>(nil)

  /// Nil as long as it is not known.
  var present: (clients: Int, tokens: Int64)? { count.withLock { $0 } }

  /// Asks the store.
  func read(from administration: Administration) async throws(AdministrationError) {
    let read = try await administration.needlessTokensOfAll()
    count.withLock { $0 = read }
  }
}

/// Asks the store once an hour how many clients fetch a token for each call: each time it looks at all of them.
struct NeedlessTokenService: Service {
  private static let pause = Duration.seconds(3600)

  let count: NeedlessTokenCount
  let administration: Administration
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do throws(AdministrationError) {
          try await count.read(from: administration)
        } catch {
          // That the store does not answer, the replica has said already.
          logger.debug("needless tokens were not counted", metadata: ["detail": "\(error)"])
        }
        try? await Task.sleep(for: NeedlessTokenService.pause)
      }
    }
  }
}
