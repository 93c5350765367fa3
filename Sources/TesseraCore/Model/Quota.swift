/// How many token requests a client may make: so many each minute without end, and so many at once after a pause that
/// is long enough.
package struct Quota: Sendable, Equatable {
  /// What either number may be.
  package static let allowed = 1...1_000_000

  /// Requests each minute.
  package let perMinute: Int
  /// Requests at once.
  package let burst: Int
  /// Whether a request beyond it is answered all the same, and only told of.
  package let isLogOnly: Bool

  /// `burst` is that of a whole minute unless it is given.
  package init(perMinute: Int, burst: Int? = nil, isLogOnly: Bool = false) {
    self.perMinute = perMinute
    self.burst = burst ?? perMinute
    self.isLogOnly = isLogOnly
  }
}

extension Quota: CustomStringConvertible {
  package var description: String {
    "\(perMinute) request\(perMinute == 1 ? "" : "s") a minute, \(burst) at once"
  }
}
