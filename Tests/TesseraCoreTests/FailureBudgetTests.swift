import TesseraTestSupport
import Testing

@testable import TesseraCore

/// How often somebody who owns many addresses is looked at, and who is not held up by that.
@Suite struct FailureBudgetTests {
  private let clocks = TestClocks()
  private let limiter: FailureLimiter

  init() {
    limiter = FailureLimiter(settings: FailureLimiter.Settings(), clock: clocks.monotonic)
  }

  private func attempt(_ address: SourceAddress, guessable: Bool = true) -> FailureLimiter.Attempt {
    var attempt = FailureLimiter.Attempt(clientID: ClientID("victim"), source: address)
    attempt.isGuessable = guessable
    return attempt
  }

  private func attempt(_ address: String, guessable: Bool = true) throws -> FailureLimiter.Attempt {
    attempt(try #require(SourceAddress(address)), guessable: guessable)
  }

  /// An address in 2001:db8:0:NETWORK::/64.
  private static func address(in network: Int) throws -> SourceAddress {
    let prefix: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, UInt8(network >> 8 & 0xFF), UInt8(network & 0xFF)]
    return try #require(SourceAddress(bytes: prefix + [0, 0, 0, 0, 0, 0, 0, 1]))
  }

  /// Guesses once; whether it was looked at.
  private func guess(_ attempt: FailureLimiter.Attempt) -> Bool {
    guard limiter.secondsToWait(attempt) == nil else { return false }
    limiter.recordFailure(attempt)
    return true
  }

  /// How many are looked at depends on the time, not on how many there are.
  @Test("O3 of 131,072 guesses in an hour from the 65,536 networks of a /48 some hundred are looked at")
  func everyNetworkOfAPrefix() throws {
    let known = try attempt("2001:db8:0:7::7")
    limiter.recordSuccess(known)
    let attempts = try (0..<65_536).map { attempt(try FailureBudgetTests.address(in: $0)) }
    var lookedAt = 0
    for number in 0..<131_072 {
      if guess(attempts[number & 0xFFFF]) { lookedAt += 1 }
      if number % 36 == 0 {
        clocks.advance(seconds: 1)
        #expect(limiter.secondsToWait(known) == nil, "though it is in the same /48")
      }
    }
    #expect((400...600).contains(lookedAt), "48 at once, then 8 a minute: \(lookedAt)")
    #expect(limiter.secondsToWait(try attempt("2001:db8:0:8::7")) != nil, "a stranger in the same /48")
    #expect(limiter.secondsToWait(try attempt("2001:db8:0:7::8")) == nil, "a neighbour of one that is known")
    #expect(limiter.secondsToWait(try attempt("2001:db8:1:8::7")) == nil, "a stranger in another /48")
  }

  @Test("O3 guesses from everywhere at a secret that somebody chose are slowed down together")
  func everywhere() throws {
    let known = try attempt("192.0.2.7")
    limiter.recordSuccess(known)
    var lookedAt = 0
    for number in 0..<20_000 {
      let address = SourceAddress(bytes: [10, UInt8(number >> 8), UInt8(number & 0xFF), 1])
      if guess(attempt(try #require(address))) { lookedAt += 1 }
      clocks.advance(milliseconds: 30)
    }
    #expect((240...270).contains(lookedAt), "96 at once, then 16 a minute for ten minutes: \(lookedAt)")
    #expect(limiter.secondsToWait(known) == nil)
    while guess(try attempt("198.51.100.1")) {}
    #expect(limiter.secondsToWait(try attempt("198.51.100.2")) != nil, "a stranger waits for its turn")
    #expect(limiter.secondsToWait(try attempt("198.51.100.1", guessable: false)) == nil)
  }

  @Test("O3 where no secret can be guessed, guesses from everywhere lock no new source out")
  func everywhereAtARandomSecret() throws {
    for number in 0..<20_000 {
      let address = SourceAddress(bytes: [10, UInt8(number >> 8), UInt8(number & 0xFF), 1])
      #expect(guess(attempt(try #require(address), guessable: false)))
    }
    #expect(limiter.secondsToWait(try attempt("198.51.100.1", guessable: false)) == nil)
  }

  @Test("B14 a source that fails for ever by itself locks no other source of its network out")
  func aSteadyFailure() throws {
    let (one, other) = (try attempt("192.0.2.1"), try attempt("192.0.2.2"))
    for _ in 0..<7200 {
      _ = guess(one)
      #expect(limiter.secondsToWait(other) == nil)
      clocks.advance(seconds: 1)
    }
  }

  @Test("O3 a source that is known is slowed down by what it does itself, and by nothing its neighbours do")
  func knownSource() throws {
    let (known, neighbour) = (try attempt("2001:db8::1"), try attempt("2001:db8::2"))
    limiter.recordSuccess(known)
    for _ in 0..<6 { limiter.recordFailure(neighbour) }
    #expect(limiter.secondsToWait(neighbour) == 1)
    #expect(limiter.secondsToWait(known) == nil)
    for _ in 0..<5 { #expect(guess(known)) }
    #expect(guess(known), "the sixth failure is the first that is followed by a delay")
    #expect(limiter.secondsToWait(known) == 1)
  }

  @Test func theAllowanceOfANetworkIsThatOfFourSources() throws {
    for number in 1...4 {
      let source = try attempt("192.0.2.\(number)")
      for _ in 0..<6 { #expect(guess(source)) }
    }
    #expect(
      limiter.secondsToWait(try attempt("192.0.2.5")) == 15,
      "then one failure each quarter of a minute"
    )
    #expect(limiter.secondsToWait(try attempt("192.0.3.5")) == nil)
  }

  /// A right secret that has to be looked for by scrypt counts as a failure until it is found.
  @Test func whatIsTakenBackCountsNowhere() throws {
    for number in 0..<300 {
      let source = try attempt("192.0.2.\(number % 200)")
      #expect(limiter.secondsToWait(source) == nil)
      limiter.recordFailure(source)
      limiter.recordSuccess(source, wasCounted: true)
    }
    #expect(limiter.secondsToWait(try attempt("192.0.2.250")) == nil)
  }

  @Test("O2 made-up client IDs from many networks push out no budget of a client, and no known source")
  func flood() throws {
    let known = try attempt("192.0.2.7")
    limiter.recordSuccess(known)
    for number in 0..<96 {
      let address = SourceAddress(bytes: [10, 0, UInt8(number), 1])
      limiter.recordFailure(attempt(try #require(address)))
    }
    for number in 0..<120_000 {
      let bytes: [UInt8] = [11, UInt8(number >> 16), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)]
      limiter.recordFailure(
        FailureLimiter.Attempt(
          clientID: ClientID("z\(number)"),
          source: try #require(SourceAddress(bytes: bytes))
        )
      )
    }
    #expect(limiter.secondsToWait(try attempt("198.51.100.1")) != nil)
    #expect(limiter.secondsToWait(known) == nil)
  }

  @Test func oneNetworkFillsOnlyAPartOfTheMemory() throws {
    let victim = try attempt("192.0.2.1", guessable: false)
    for _ in 0..<12 { limiter.recordFailure(victim) }
    for number in 0..<60_000 {
      let source = try FailureBudgetTests.address(in: number)
      limiter.recordFailure(FailureLimiter.Attempt(clientID: ClientID("z\(number)"), source: source))
    }
    #expect(limiter.secondsToWait(victim) == 60)
    let unseen = FailureLimiter.Attempt(
      clientID: ClientID("never tried"),
      source: try FailureBudgetTests.address(in: 65_535)
    )
    #expect(limiter.secondsToWait(unseen) != nil, "the rest of that /48 is counted as one")
  }
}
