package import TesseraJOSE

/// An hour by which usage is counted.
package struct UsageHour: Sendable, Hashable, Comparable, Strideable {
  private static let length: Int64 = 3_600_000
  /// How many hours a day has, in UTC.
  package static let perDay: Int64 = 24
  /// The hours that can be counted by: from 1970 to the year 9999.
  private static let known: ClosedRange<Int64> = 0...Timestamp.distantFuture.milliseconds / length

  /// How many hours since 1970 it begins.
  package let number: Int64

  /// The nearest that can be counted by.
  package init(number: Int64) {
    self.number = min(max(number, UsageHour.known.lowerBound), UsageHour.known.upperBound)
  }

  /// The hour that a time is in.
  package init(of time: Timestamp) {
    self.init(number: time.milliseconds / UsageHour.length)
  }

  /// When it begins.
  package var start: Timestamp { Timestamp(milliseconds: number * UsageHour.length) }

  /// The first hour of its day, in UTC.
  package var startOfDay: UsageHour { UsageHour(number: number - number % UsageHour.perDay) }

  package static func < (left: UsageHour, right: UsageHour) -> Bool { left.number < right.number }

  package func distance(to other: UsageHour) -> Int { Int(other.number - number) }

  package func advanced(by hours: Int) -> UsageHour { UsageHour(number: number + Int64(hours)) }
}

extension Range<UsageHour> {
  /// This many days that end with the hour of this time.
  package init(days: Int, until time: Timestamp) {
    let end = UsageHour(of: time).advanced(by: 1)
    self = end.advanced(by: -days * Int(UsageHour.perDay))..<end
  }
}
