import Logging
import ServiceLifecycle
import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraSupport

/// When the next credentials of clients expire, as far as the store has told.
final class CredentialExpiry: Sendable {
  private let times = Mutex<(secret: Timestamp?, key: Timestamp?)>((nil, nil))
  private let clock: WallClock

  init(clock: WallClock = .system) {
    self.clock = clock
  }

  /// How long it takes until the next secret expires, in seconds; nil when none does, or it is not known.
  var secondsToSecret: Double? { times.withLock(\.secret).map(secondsTo) }

  /// The same for keys and certificates.
  var secondsToKey: Double? { times.withLock(\.key).map(secondsTo) }

  private func secondsTo(_ time: Timestamp) -> Double {
    Double(time.milliseconds - clock.now.milliseconds) / 1000
  }

  /// Asks the store.
  func read(from store: any Store) async throws(StoreError) {
    let now = clock.now
    let next = (
      secret: try await store.nextSecretExpiry(after: now), key: try await store.nextKeyExpiry(after: now)
    )
    times.withLock { $0 = next }
  }
}

/// Asks the store now and then when the next credentials of clients expire: each time it looks at all of them.
struct CredentialExpiryService: Service {
  private static let pause = Duration.seconds(300)

  let expiry: CredentialExpiry
  let store: any Store
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do throws(StoreError) {
          try await expiry.read(from: store)
        } catch {
          // That the store does not answer, the replica has said already.
          logger.debug("the next expiry of a secret or key is not known", metadata: ["detail": "\(error)"])
        }
        try? await Task.sleep(for: CredentialExpiryService.pause)
      }
    }
  }
}
