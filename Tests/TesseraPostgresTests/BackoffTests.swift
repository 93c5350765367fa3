import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraPostgres

@Suite("When a database that could not be connected to is tried again")
struct BackoffTests {
  private let clocks = TestClocks()

  /// With a random part as small or as great as it gets.
  private func backoff(byte: UInt8) -> Backoff {
    Backoff(
      clock: clocks.monotonic,
      random: RandomSource { buffer in
        for index in buffer.indices { buffer[index] = byte }
      }
    )
  }

  private func attempt(_ backoff: Backoff, failing: Bool = true) -> (
    isMade: Bool, problem: ConnectionProblem?
  ) {
    var isMade = false
    do throws(ConnectionProblem) {
      try backoff.attempt { () throws(ConnectionProblem) in
        isMade = true
        if failing { throw ConnectionProblem(.refused, at: "here") }
      }
      return (isMade, nil)
    } catch {
      return (isMade, error)
    }
  }

  @Test("Each time after twice as long, up to a bound", arguments: [(UInt8.max, 1.0), (0, 0.5)])
  func delays(byte: UInt8, factor: Double) {
    let backoff = backoff(byte: byte)
    for expected in [50.0, 100, 200, 400, 800, 1600, 2000, 2000] {
      #expect(attempt(backoff).isMade)
      #expect(backoff.remaining == Int64(expected * factor))
      clocks.advance(milliseconds: backoff.remaining)
    }
  }

  @Test("Before its time a try is not made, and fails with what was wrong last")
  func early() {
    let backoff = backoff(byte: .max)
    #expect(attempt(backoff).isMade)
    clocks.advance(milliseconds: 49)
    let early = attempt(backoff, failing: false)
    #expect(!early.isMade && early.problem == ConnectionProblem(.refused, at: "here"))
    clocks.advance(milliseconds: 1)
    #expect(attempt(backoff, failing: false).isMade)
  }

  @Test("After one that succeeds it begins anew")
  func success() {
    let backoff = backoff(byte: .max)
    for _ in 0..<5 {
      _ = attempt(backoff)
      clocks.advance(milliseconds: 2000)
    }
    #expect(attempt(backoff, failing: false).problem == nil)
    #expect(backoff.remaining == 0)
    _ = attempt(backoff)
    #expect(backoff.remaining == 50)
  }
}
