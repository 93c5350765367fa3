import AsyncHTTPClient
import Foundation
import TesseraTestSupport

@testable import TesseraGuard

/// An offline verifier with everything that a test moves or looks at.
struct OfflineTest: Sendable {
  let issuer: TestIssuer
  let verifier: AccessTokenVerifier
  let clock: ManualClock
  let log: TestLog
  let metrics: CountingMetrics
  private let interval: Duration

  static let audience = "https://api.example.com"

  /// Runs the test with a token service of its own.
  static func run<Result>(
    _ change: (inout AccessTokenVerifier.Settings) -> Void = { _ in },
    _ body: (OfflineTest) async throws -> Result
  ) async throws -> Result {
    var settings = AccessTokenVerifier.Settings()
    change(&settings)
    return try await ScriptedServer.run { server in
      try await withTestHTTPClient { httpClient in
        let clock = ManualClock()
        let issuer = TestIssuer(server, clock)
        let log = TestLog()
        let metrics = CountingMetrics()
        let verifier = try AccessTokenVerifier(
          issuer: issuer.url,
          audience: audience,
          settings: settings,
          httpClient: httpClient,
          clock: clock,
          wallClock: clock.wallClock(from: GuardTest.start),
          logger: log.logger,
          metrics: metrics
        )
        return try await body(
          OfflineTest(
            issuer: issuer,
            verifier: verifier,
            clock: clock,
            log: log,
            metrics: metrics,
            interval: settings.revocationInterval
          )
        )
      }
    }
  }

  /// What the verifier does it by.
  var strategy: OfflineVerification {
    guard let strategy = verifier.strategy as? OfflineVerification else {
      preconditionFailure("the verifier works offline")
    }
    return strategy
  }

  /// Whether a token is valid, or why it is not known.
  func verdict(_ token: String) async -> GuardTest.Verdict { await GuardTest.Verdict(verifier, token) }

  /// Waits until nothing is asked, and the revocation feed is to be asked after its interval.
  ///
  /// Only for a verifier that has seen a token.
  func untilIdle() async {
    await until {
      // Looked at once: between two looks a sleep can end.
      let pending = clock.pending
      return pending.count == 1 && pending.allSatisfy { $0 <= interval }
    }
  }

  /// Moves the clock, and waits until what is to be done then was done.
  func pass(_ time: Duration) async {
    await untilIdle()
    clock.advance(by: time)
    await untilIdle()
  }
}

extension ManualClock {
  /// The time of day when this clock began at a number of seconds since 1970.
  func wallClock(from start: Int64) -> @Sendable () -> Date {
    { Date(timeIntervalSince1970: Double(start) + self.now.offset / .seconds(1)) }
  }
}
