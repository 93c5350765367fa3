package import Logging
import Synchronization
package import TesseraCore
package import TesseraJOSE
package import TesseraSupport

/// The key sets that clients publish, fetched when they are needed and kept in memory.
///
/// However many requests name whatever keys, one set is asked for at most every `Settings.pause`; and what is remembered, and
/// what is asked at a time, is bounded.
package final class PublishedKeySets: PublishedKeys {
  /// How much is kept for how long; times in milliseconds.
  package struct Settings: Sendable {
    /// The shortest time between two tries to fetch a set.
    package var pause: Int64 = 30_000
    /// The longest time after which a set is fetched again, whatever its header says.
    package var longestLifetime: Int64 = 3_600_000
    /// How long a set is used beyond that, while it cannot be fetched.
    package var grace: Int64 = 3_600_000
    /// The most sets that are kept.
    package var maximumSets = 1000
    /// The most sets that are fetched at a time.
    package var maximumFlights = 32

    package init() {}
  }

  package typealias Read =
    @Sendable (_ location: KeySetLocation) async -> Result<KeySetDocument, OutboundDocuments.Failure>

  /// The most keys of a set that are used.
  private static let maximumKeys = 32

  private let settings: Settings
  private let clock: MonotonicClock
  private let logger: Logger
  private let read: Read
  private let sets: Mutex<GenerationalCache<KeySetLocation, PublishedKeySet>>
  private let flights = Mutex(0)

  /// `read` fetches what is at a place.
  package init(settings: Settings = Settings(), clock: MonotonicClock, logger: Logger, read: @escaping Read) {
    self.settings = settings
    self.clock = clock
    self.logger = logger
    self.read = read
    sets = Mutex(GenerationalCache(capacity: settings.maximumSets))
  }

  package func keys(at location: KeySetLocation, having keyID: String?) throws(Interruption)
    -> VerificationKeys?
  {
    let set = sets.withLock { sets in
      if let known = sets.value(for: location) { return known }
      let set = PublishedKeySet()
      sets.insert(set, for: location)
      return set
    }
    switch set.look(for: keyID, at: clock.milliseconds, pause: settings.pause) {
    case .keys(let keys): return keys
    case .none: return nil
    case .toBeFetched:
      throw .awaiting(.publishedKeys) { () async throws(OAuthError) in try await self.fetch(set, at: location)
      }
    }
  }

  /// Fetches a set, or waits for who does.
  private func fetch(_ set: PublishedKeySet, at location: KeySetLocation) async throws(OAuthError) {
    let isFull = Mutex(false)
    _ = await set.flight.run(if: {
      guard set.beginTry(at: clock.milliseconds, pause: settings.pause) else { return false }
      guard takeFlight() else {
        set.forgetTry()
        isFull.withLock { $0 = true }
        return false
      }
      return true
    }) {
      await self.refresh(set, at: location)
      set.endTry()
      self.flights.withLock { $0 -= 1 }
    }
    if isFull.withLock({ $0 }) { throw .temporarilyUnavailable("too many key sets are being fetched") }
  }

  private func takeFlight() -> Bool {
    flights.withLock { flights in
      guard flights < settings.maximumFlights else { return false }
      flights += 1
      return true
    }
  }

  private func refresh(_ set: PublishedKeySet, at location: KeySetLocation) async {
    let reason: String
    switch await read(location) {
    case .success(let document):
      let isBundle = if case .bundle = location { true } else { false }
      let published = JSON(document.bytes).flatMap { JWKSet($0, isBundle: isBundle) }
      let keys = published.flatMap { VerificationKeys(Array($0.keys.prefix(PublishedKeySets.maximumKeys))) }
      if let keys {
        let lifetime = min(document.lifetime, settings.longestLifetime)
        set.take(keys, freshUntil: clock.milliseconds + lifetime, grace: settings.grace)
        return
      }
      reason = "it is no key set with a key that verifies anything here"
    case .failure(let failure): reason = failure.description
    }
    logger.warning(
      "the keys that a client, or an issuer that it trusts, publishes cannot be had",
      metadata: ["url": .string(location.text.printable), "detail": .string(reason)]
    )
  }
}

/// A document that was fetched.
package struct KeySetDocument: Sendable {
  package let bytes: [UInt8]
  /// How long it may be used before it is asked for again, in milliseconds.
  package let lifetime: Int64

  package init(bytes: [UInt8], lifetime: Int64) {
    self.bytes = bytes
    self.lifetime = lifetime
  }
}

/// One set, and how fetching it went.
private final class PublishedKeySet: Sendable {
  enum Finding {
    case keys(VerificationKeys)
    case none
    case toBeFetched
  }

  private struct State {
    var keys: VerificationKeys?
    var freshUntil = Int64.min
    var usableUntil = Int64.min
    /// When it was tried last; nil for never.
    var triedAt: Int64?
    var isBeingFetched = false

    func mayTry(at now: Int64, pause: Int64) -> Bool { triedAt.map { now - $0 >= pause } ?? true }
  }

  let flight = SingleFlight()
  private let state = Mutex(State())

  /// What there is for a signature by this key.
  func look(for keyID: String?, at now: Int64, pause: Int64) -> Finding {
    state.withLock { state in
      let isKnown = keyID.map { state.keys?.contains(keyID: $0) ?? false } ?? true
      if let keys = state.keys, now < state.freshUntil, isKnown { return .keys(keys) }
      if state.isBeingFetched || state.mayTry(at: now, pause: pause) { return .toBeFetched }
      if let keys = state.keys, now < state.usableUntil { return .keys(keys) }
      return .none
    }
  }

  /// Whether it is to be tried now, which is then noted.
  func beginTry(at now: Int64, pause: Int64) -> Bool {
    state.withLock { state in
      guard state.mayTry(at: now, pause: pause) else { return false }
      state.triedAt = now
      state.isBeingFetched = true
      return true
    }
  }

  func endTry() { state.withLock { $0.isBeingFetched = false } }

  /// Takes it back that it was tried.
  func forgetTry() {
    state.withLock { state in
      state.triedAt = nil
      state.isBeingFetched = false
    }
  }

  func take(_ keys: VerificationKeys, freshUntil: Int64, grace: Int64) {
    state.withLock { state in
      state.keys = keys
      state.freshUntil = freshUntil
      state.usableUntil = freshUntil + grace
    }
  }
}
