import CoreMetrics
import Crypto
import Synchronization
import TesseraSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Asks the token service about every token, and remembers what it said (RFC 7662).
final class IntrospectionVerification: VerificationStrategy {
  typealias Table = VerificationTable<CheckedContinuation<AccessTokenVerifier.Verdict, Never>>

  let table: Mutex<Table>
  let introspector: Introspector
  let metrics: GuardMetrics
  let outages: OutageLog
  private let settings: AccessTokenVerifier.Settings
  private let time: Timekeeper
  private let wallClock: WallClock
  private let nextNumber = Atomic<UInt64>(0)

  init(
    introspector: Introspector,
    settings: AccessTokenVerifier.Settings,
    time: Timekeeper,
    wallClock: WallClock,
    metrics: GuardMetrics,
    outages: OutageLog
  ) {
    self.introspector = introspector
    self.settings = settings
    self.time = time
    self.wallClock = wallClock
    self.metrics = metrics
    self.outages = outages
    table = Mutex(Table(settings: settings))
  }

  func verdict(on token: String) async -> AccessTokenVerifier.Verdict {
    guard TokenSyntax.isWellFormed(token, maximumLength: settings.maximumTokenLength) else {
      return .failure(.invalidToken)
    }
    let digest = SHA256.hash(data: Array(token.utf8))
    if let known = table.withLock({ $0.known(digest, at: now) }) {
      metrics.cacheHits.increment()
      return known
    }
    let number = nextNumber.add(1, ordering: .relaxed).newValue
    return await wait(for: token, digest, number: number)
  }

  func run() async {
    let (nothing, continuation) = AsyncStream<Void>.makeStream()
    for await _ in nothing {}
    continuation.finish()
  }

  /// This moment.
  var now: Moment { Moment(elapsed: time.now, date: Date(wallClock.now)) }
}
