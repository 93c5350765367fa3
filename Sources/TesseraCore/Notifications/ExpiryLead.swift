import TesseraJOSE

/// How long before a secret expires it is told: 30, 7 and 1 days.
package enum ExpiryLead: Int, Sendable, CaseIterable {
  case month = 30
  case week = 7
  case day = 1

  /// In seconds.
  var seconds: Int64 { Int64(rawValue) * 86_400 }

  /// How long before it expires the next one tells of it, in seconds.
  private var nextSeconds: Int64 {
    switch self {
    case .month: ExpiryLead.week.seconds
    case .week: ExpiryLead.day.seconds
    case .day: 0
    }
  }

  /// Where those begin that it tells of at this time: what expires earlier, the next one tells of.
  func start(at now: Timestamp) -> ExpiringCredential.Place {
    ExpiringCredential.Place(before: now.advanced(bySeconds: nextSeconds).advanced(byMilliseconds: 1))
  }

  /// The last moment that it tells of at this time.
  func end(at now: Timestamp) -> Timestamp { now.advanced(bySeconds: seconds) }
}
