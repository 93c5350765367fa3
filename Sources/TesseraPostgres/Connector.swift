import TesseraCore
import TesseraJOSE
import TesseraSupport

/// How the connections of one store are opened.
struct Connector: Sendable {
  let url: ConnectionURL
  let limits: Limits
  let clock: MonotonicClock
  let backoff: Backoff

  init(_ url: ConnectionURL, limits: Limits, clock: MonotonicClock, random: RandomSource) {
    self.url = url
    self.limits = limits
    self.clock = clock
    backoff = Backoff(clock: clock, random: random)
  }

  /// Opens one, unless it is too early after one that could not be opened.
  ///
  /// Blocks.
  func connect() throws(ConnectionProblem) -> Connection {
    try backoff.attempt { () throws(ConnectionProblem) in
      try Connection.open(url, limits: limits, clock: clock)
    }
  }
}
