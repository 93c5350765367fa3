import Crypto

/// What is known about tokens, who waits for which, and whether the token service is to be left alone.
///
/// A state machine without a clock, a network or a lock: what happens is told to it, and it says what to do.
///
/// The one rule about age: whoever asks never gets an answer to a question that was sent longer ago than
/// ``AccessTokenVerifier/Settings/maximumAge``. It goes for the cache and for joining a question under way.
struct VerificationTable<Waiter> {
  typealias Verdict = Result<VerifiedAccessToken, VerificationError>

  /// What a caller is to do.
  enum Answer {
    case known(Verdict)
    /// Wait for the question that is under way.
    case wait
    /// Ask the token service, and wait.
    case waitAndAsk(flight: UInt64)
  }

  private struct Flight {
    let token: SHA256.Digest
    let sentAt: Duration
    var waiters: [UInt64: Waiter] = [:]
  }

  private let settings: AccessTokenVerifier.Settings
  private var active: ExpiringTable<VerifiedAccessToken>
  /// Apart from the active ones, so that made-up tokens do not push real ones out.
  private var inactive: ExpiringTable<Void>
  private var flights: [UInt64: Flight] = [:]
  private var newestFlight: [SHA256.Digest: UInt64] = [:]
  private var flightOfWaiter: [UInt64: UInt64] = [:]
  private var lastFlight: UInt64 = 0
  private var pause: (outage: Outage, until: Duration)?

  init(settings: AccessTokenVerifier.Settings) {
    self.settings = settings
    active = ExpiringTable(capacity: settings.maximumTokens)
    inactive = ExpiringTable(capacity: settings.maximumInactiveTokens)
  }

  var waiterCount: Int { flightOfWaiter.count }
  var activeCount: Int { active.count }
  var inactiveCount: Int { inactive.count }

  /// What the cache says.
  func known(_ token: SHA256.Digest, at now: Moment) -> Verdict? {
    if inactive.value(token, at: now.elapsed) != nil { return .failure(.invalidToken) }
    if let known = active.value(token, at: now.elapsed) {
      return known.isExpired(at: now.date) ? .failure(.invalidToken) : .success(known)
    }
    return nil
  }

  /// Asks about a token that the cache did not know a moment ago.
  mutating func ask(_ token: SHA256.Digest, waiter: Waiter, number: UInt64, at now: Moment) -> Answer {
    if let verdict = known(token, at: now) { return .known(verdict) }
    if let flight = newestFlight[token], let sentAt = flights[flight]?.sentAt,
      now.elapsed - sentAt < settings.maximumAge
    {
      join(flight, waiter, number)
      return .wait
    }
    if let pause, now.elapsed < pause.until {
      return .known(
        .failure(.unavailable(Outage(pause.outage.reason, retryAfter: pause.until - now.elapsed)))
      )
    }
    guard flights.count < settings.maximumQuestions else {
      return .known(.failure(.unavailable(Outage(.overloaded))))
    }
    lastFlight += 1
    flights[lastFlight] = Flight(token: token, sentAt: now.elapsed)
    newestFlight[token] = lastFlight
    join(lastFlight, waiter, number)
    return .waitAndAsk(flight: lastFlight)
  }

  /// A caller no longer wants to wait; nil when it no longer does.
  mutating func leave(_ number: UInt64) -> Waiter? {
    guard let flight = flightOfWaiter.removeValue(forKey: number) else { return nil }
    return flights[flight]?.waiters.removeValue(forKey: number)
  }

  /// The token service has answered, or not; whoever waited gets the verdict.
  mutating func finish(
    _ flight: UInt64,
    with finding: Result<Finding, IntrospectionFailure>,
    at now: Moment
  ) -> (verdict: Verdict, waiters: [Waiter]) {
    let verdict = verdict(finding, at: now)
    guard let ended = flights.removeValue(forKey: flight) else { return (verdict, []) }
    if newestFlight[ended.token] == flight { newestFlight[ended.token] = nil }
    for number in ended.waiters.keys { flightOfWaiter[number] = nil }
    keep(verdict, of: ended, at: now)
    return (verdict, Array(ended.waiters.values))
  }

  private mutating func join(_ flight: UInt64, _ waiter: Waiter, _ number: UInt64) {
    flights[flight]?.waiters[number] = waiter
    flightOfWaiter[number] = flight
  }

  private mutating func verdict(
    _ finding: Result<Finding, IntrospectionFailure>,
    at now: Moment
  ) -> Verdict {
    switch finding {
    case .success(.active(let token)):
      return token.isExpired(at: now.date) ? .failure(.invalidToken) : .success(token)
    case .success(.inactive):
      return .failure(.invalidToken)
    case .failure(let failure):
      if let length = failure.pause { pause = (failure.outage, now.elapsed + length) }
      return .failure(.unavailable(failure.outage))
    }
  }

  private mutating func keep(_ verdict: Verdict, of flight: Flight, at now: Moment) {
    switch verdict {
    case .success(let token):
      // A token that does not say when it ends is not eternal: it counts for those who asked just now.
      guard token.expiresAt != nil else { return }
      let until = flight.sentAt + settings.maximumAge
      active.insert(token, for: flight.token, until: until, at: now.elapsed)
    case .failure(.invalidToken):
      active.remove(flight.token)
      let until = flight.sentAt + settings.maximumInactiveAge
      inactive.insert((), for: flight.token, until: until, at: now.elapsed)
    case .failure(.unavailable):
      break
    }
  }
}
