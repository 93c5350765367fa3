import Logging
import ServiceLifecycle
import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraSupport

/// When the next client secret expires, as far as the store has told.
final class SecretExpiry: Sendable {
  private let time = Mutex<Timestamp?>(nil)
  private let clock: WallClock

  init(clock: WallClock = .system) {
    self.clock = clock
  }

  /// How long that takes, in seconds; nil when none does, or it is not known.
  var seconds: Double? {
    time.withLock { $0 }.map { Double($0.milliseconds - clock.now.milliseconds) / 1000 }
  }

  /// Asks the store.
  func read(from store: any Store) async throws(StoreError) {
    let next = try await store.nextSecretExpiry(after: clock.now)
    time.withLock { $0 = next }
  }
}

/// Asks the store now and then when the next client secret expires: each time it looks at all of them.
struct SecretExpiryService: Service {
  private static let pause = Duration.seconds(300)

  let expiry: SecretExpiry
  let store: any Store
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do throws(StoreError) {
          try await expiry.read(from: store)
        } catch {
          // That the store does not answer, the replica has said already.
          logger.debug("the next expiry of a secret is not known", metadata: ["detail": "\(error)"])
        }
        try? await Task.sleep(for: SecretExpiryService.pause)
      }
    }
  }
}
