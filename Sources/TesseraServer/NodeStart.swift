import Logging
import ServiceLifecycle
import TesseraCore
import TesseraJOSE
import TesseraSupport

/// How a node gets from its configuration to knowing what has to be there before the first answer.
///
/// It tries until it succeeds, where the store is elsewhere and cannot be reached now. All else that keeps it from
/// starting is thrown, also after it has waited.
struct NodeStart: Sendable {
  /// What is there when a node has begun.
  struct Begun: Sendable {
    let data: DataDirectory
    let rotation: KeyRotationService
  }

  /// That the store cannot be reached now.
  struct Unreachable: Error {
    let reason: String
  }

  /// Between two tries, in milliseconds; half as much again at most.
  private static let pause: Int64 = 1000
  /// Between two lines of the log, in milliseconds.
  private static let silence: Int64 = 600_000

  let node: ServerNode
  let open: @Sendable () async throws(DataDirectoryError) -> DataDirectory
  let logger: Logger
  var clock = MonotonicClock.system
  var randomness = RandomSource.system

  /// Opens the store and begins on it.
  ///
  /// Throws `Unreachable`, or what to tell an operator.
  func attempt() async throws -> Begun {
    let data: DataDirectory
    do throws(DataDirectoryError) {
      data = try await open()
    } catch .unreachable(let reason) {
      throw Unreachable(reason: reason)
    } catch {
      throw error
    }
    return try await begin(on: data)
  }

  /// Begins on a store that is open, and closes it after an error.
  func begin(on data: DataDirectory) async throws -> Begun {
    do throws(StoreError) {
      let administration = try await node.begin(on: data.store, actor: "server")
      let rotation = KeyRotationService(
        replica: node.replica,
        administration: administration,
        logger: logger
      )
      // Before the first request: a data directory of an earlier version has no key that signs.
      try await rotation.step()
      if let facts = try? node.replica.facts(), let ahead = administration.timesAhead(facts) {
        logger.error(
          "the clock is behind what is stored: set it right, or run tessera revoke-all --clock-was-ahead",
          metadata: ["detail": "\(ahead)"]
        )
      }
      return Begun(data: data, rotation: rotation)
    } catch {
      await data.store.close()
      if data.isStoreElsewhere, case .unavailable(let reason) = error { throw Unreachable(reason: reason) }
      throw ServerStartError.store(error)
    }
  }

  /// Tries again and again; nil when the server is asked to stop before it succeeds.
  ///
  /// That it waits was said before.
  func wait() async throws -> Begun? {
    try await cancelWhenGracefulShutdown {
      var lineWasWritten = clock.milliseconds
      while !Task.isCancelled {
        let fraction = Int64(randomness.bytes(count: 1)[0])
        try? await Task.sleep(for: .milliseconds(NodeStart.pause + NodeStart.pause * fraction / 510))
        do {
          let begun = try await attempt()
          logger.notice("the store is there: requests are answered")
          return begun
        } catch let error as Unreachable {
          guard clock.milliseconds - lineWasWritten >= NodeStart.silence, !Task.isCancelled else { continue }
          lineWasWritten = clock.milliseconds
          NodeStart.say(error.reason, logger)
        }
      }
      return nil
    }
  }

  /// Says that requests are refused, and why.
  static func say(_ reason: String, at url: String? = nil, _ logger: Logger) {
    var metadata: Logger.Metadata = ["detail": .string(reason)]
    if let url { metadata["url"] = .string(url) }
    logger.error("waiting for the store; until then every request is answered 503", metadata: metadata)
  }
}
