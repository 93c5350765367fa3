import TesseraTestSupport
import Testing

@testable import TesseraCore

@Suite struct FailureLimiterTests {
  private let clocks = TestClocks()
  private let limiter: FailureLimiter

  init() {
    limiter = FailureLimiter(settings: FailureLimiter.Settings(), clock: clocks.monotonic)
  }

  private func attempt(_ id: String, _ address: String = "192.0.2.1") throws -> FailureLimiter.Attempt {
    FailureLimiter.Attempt(clientID: ClientID(id), source: try #require(SourceAddress(address)))
  }

  private func block(_ attempt: FailureLimiter.Attempt) {
    for _ in 0..<6 { limiter.recordFailure(attempt) }
  }

  /// A source that fails with ever new IDs does not make its failures with one forgotten.
  @Test func failingWithManyIDsDoesNotUnblockOne() throws {
    let victim = try attempt("victim")
    for _ in 0..<12 { limiter.recordFailure(victim) }
    #expect(limiter.secondsToWait(victim) == 60)
    for number in 0..<60_000 { limiter.recordFailure(try attempt("z\(number)")) }
    #expect(limiter.secondsToWait(victim) == 60)
    #expect(
      limiter.secondsToWait(try attempt("never tried")) != nil,
      "the rest of that source is counted as one"
    )
    #expect(limiter.secondsToWait(try attempt("victim", "192.0.2.2")) == nil)
  }

  @Test func aSourceWithManyIDsIsForgivenAfterAWhile() throws {
    for number in 0..<1100 { limiter.recordFailure(try attempt("z\(number)")) }
    #expect(limiter.secondsToWait(try attempt("other")) != nil)
    clocks.advance(seconds: 901)
    #expect(limiter.secondsToWait(try attempt("other")) == nil)
  }

  @Test func whatIsNoClientIDCountsAsOneAndIsNotKept() throws {
    let accents = String(repeating: "\u{301}", count: 8000)
    block(try attempt("a" + accents))
    #expect(limiter.secondsToWait(try attempt("b" + accents)) != nil)
    #expect(limiter.secondsToWait(try attempt("b")) == nil)
    #expect(try attempt("a" + accents).clientID == nil)
  }

  @Test func aSuccessForgetsOnlyItsOwnPair() throws {
    let (one, two) = (try attempt("one"), try attempt("two"))
    block(one)
    block(two)
    limiter.recordSuccess(one)
    #expect(limiter.secondsToWait(one) == nil)
    #expect(limiter.secondsToWait(two) == 1)
  }
}
