/// What one request has come to by the quota of its client.
package struct QuotaOutcome: Sendable, Equatable {
  /// The quota that it was held against.
  package let quota: Quota
  /// Whether there was no room for it.
  package let isExceeded: Bool
  /// How many more there is room for now.
  package let remaining: Int
  /// In how many seconds, rounded up, all of the quota is there again, or room for one request where there was none.
  package let reset: Int

  /// Whether the request is refused.
  var isRefused: Bool { isExceeded && !quota.isLogOnly }
}
