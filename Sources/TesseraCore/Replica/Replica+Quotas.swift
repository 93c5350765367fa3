import Logging
import TesseraSupport

/// How many requests clients make, of those that may not make any number.
extension Replica {
  /// Takes a request off the quota of a client; nil for a client without one.
  func takeRequest(of client: CachedClient) -> QuotaOutcome? {
    guard let meter = client.meter, let quota = client.client.quota else { return nil }
    let now = monotonicClock.milliseconds
    let outcome = meter.take(quota, at: now)
    if outcome.isExceeded, quota.isLogOnly, let requests = meter.noteExcess(at: now) {
      logger.warning(
        "a client is beyond its quota, which only logs",
        metadata: [
          "client": "\(client.client.id)", "quota": "\(quota)", "requests_beyond": "\(requests)",
        ]
      )
    }
    return outcome
  }
}
