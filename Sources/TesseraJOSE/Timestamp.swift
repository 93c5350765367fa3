/// A point in time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since the Unix epoch.
  package let milliseconds: Int64

  /// Makes a timestamp from milliseconds since the Unix epoch.
  @inlinable package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// The end of the year 9999, for what has no end.
  package static let distantFuture = Timestamp(milliseconds: 253_402_300_799_999)

  @inlinable package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// This time moved by a number of seconds, saturating at the ends of the range.
  package func advanced(bySeconds seconds: Int64) -> Timestamp {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else { return Timestamp(milliseconds: seconds < 0 ? .min : .max) }
    return advanced(byMilliseconds: product)
  }

  /// This time moved by a number of milliseconds, saturating at the ends of the range.
  package func advanced(byMilliseconds delta: Int64) -> Timestamp {
    let (sum, overflow) = milliseconds.addingReportingOverflow(delta)
    return Timestamp(milliseconds: overflow ? (delta < 0 ? .min : .max) : sum)
  }

  /// The second in which this time is, and the millisecond within it.
  package var wholeSeconds: (seconds: Int64, millisecond: Int64) {
    let (seconds, millisecond) = milliseconds.flooringDivision(by: 1000)
    return (seconds, millisecond)
  }
}

// MARK: - ISO 8601

extension Timestamp {
  /// How many bytes `iso8601` has.
  package static let iso8601Length = 24

  /// ISO 8601 in UTC with exactly three fractional digits, such as `2023-08-10T12:41:57.643Z`.
  ///
  /// By hand, because Foundation's style goes through a floating-point `Date` and turns .123 into .122.
  package var iso8601: String {
    String(unsafeUninitializedCapacity: Timestamp.iso8601Length) { buffer in
      writeISO8601(to: buffer)
      return Timestamp.iso8601Length
    }
  }

  /// Writes that form at the start of a buffer.
  package func writeISO8601(to buffer: UnsafeMutableBufferPointer<UInt8>) {
    let (date, time) = (CivilDate(self), TimeOfDay(self))
    buffer.writeDigits(date.year, count: 4, at: 0)
    buffer[4] = UInt8(ascii: "-")
    buffer.writeDigits(date.month, count: 2, at: 5)
    buffer[7] = UInt8(ascii: "-")
    buffer.writeDigits(date.day, count: 2, at: 8)
    buffer[10] = UInt8(ascii: "T")
    buffer.write(time, at: 11)
    buffer[19] = UInt8(ascii: ".")
    buffer.writeDigits(time.millisecond, count: 3, at: 20)
    buffer[23] = UInt8(ascii: "Z")
  }

  /// Reads a date, a time, an optional fraction and `Z`; nil for anything else.
  ///
  /// Further digits of the fraction than three are cut off.
  package init?(iso8601 text: String) {
    guard text.utf8.count <= 40, text.hasSuffix("Z") else { return nil }
    let halves = text.dropLast().split(separator: "T", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    let date = halves[0].split(separator: "-", omittingEmptySubsequences: false)
    let clock = halves[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard date.count == 3, let year = date[0].number(digits: 4), let month = date[1].number(digits: 2),
      let day = date[2].number(digits: 2), let civil = CivilDate(year: year, month: month, day: day),
      let millisecond = clock.count == 1 ? 0 : Timestamp.thousandths(clock[1]),
      let time = TimeOfDay(clock[0], millisecond: millisecond)
    else { return nil }
    self.init(civil, time)
  }

  private static func thousandths(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy(\.isDigit) else { return nil }
    return Int64(text.prefix(3) + String(repeating: "0", count: max(0, 3 - text.count)))
  }
}

// MARK: - HTTP dates

extension Timestamp {
  private static let weekdays: [StaticString] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The form that HTTP's `Date` wants (RFC 9110 §5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.
  package var httpDate: String {
    let (date, time) = (CivilDate(self), TimeOfDay(self))
    let weekday = Timestamp.weekdays[Int(date.daysSinceEpoch.flooringDivision(by: 7).remainder)]
    return String(unsafeUninitializedCapacity: 29) { buffer in
      buffer.write(weekday, at: 0)
      buffer.write(", ", at: 3)
      buffer.writeDigits(date.day, count: 2, at: 5)
      buffer.write(" ", at: 7)
      buffer.write(Timestamp.months[Int(date.month) - 1], at: 8)
      buffer.write(" ", at: 11)
      buffer.writeDigits(date.year, count: 4, at: 12)
      buffer.write(" ", at: 16)
      buffer.write(time, at: 17)
      buffer.write(" GMT", at: 25)
      return 29
    }
  }

  /// Reads that form; nil for anything else, the obsolete forms among it.
  package init?(httpDate text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT",
      let month = Timestamp.months.firstIndex(where: { $0.description == words[2] }),
      let day = words[1].number(digits: 2), let year = words[3].number(digits: 4),
      let date = CivilDate(year: year, month: Int64(month) + 1, day: day),
      let time = TimeOfDay(words[4], millisecond: 0)
    else { return nil }
    self.init(date, time)
  }
}

// MARK: - The calendar

extension Timestamp {
  private static let day: Int64 = 86_400_000

  private init(_ date: CivilDate, _ time: TimeOfDay) {
    self.init(milliseconds: date.daysSinceEpoch * Timestamp.day + time.milliseconds)
  }

  /// A day of the proleptic Gregorian calendar.
  ///
  /// Counts in years that begin on 1 March, so that the leap day is the last day of its year.
  private struct CivilDate {
    private static let fromYearZeroMarchToEpoch: Int64 = 719_468

    let daysSinceEpoch: Int64
    let year: Int64
    let month: Int64
    let day: Int64

    init(_ timestamp: Timestamp) {
      daysSinceEpoch = timestamp.milliseconds.flooringDivision(by: Timestamp.day).quotient
      let (era, dayOfEra) = (daysSinceEpoch + CivilDate.fromYearZeroMarchToEpoch)
        .flooringDivision(by: 146_097)
      let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
      let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
      let monthFromMarch = (5 * dayOfYear + 2) / 153
      day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
      month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
      year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// From 1970 to 9999; nil for another year, and for a month or a day that there is in none.
    init?(year: Int64, month: Int64, day: Int64) {
      guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
      self.year = year
      self.month = month
      self.day = day
      let year = month <= 2 ? year - 1 : year
      let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
      let daysOfYears = year * 365 + year / 4 - year / 100 + year / 400
      daysSinceEpoch = daysOfYears + dayOfYear - CivilDate.fromYearZeroMarchToEpoch
    }
  }

  fileprivate struct TimeOfDay {
    let milliseconds: Int64

    init(_ timestamp: Timestamp) {
      milliseconds = timestamp.milliseconds.flooringDivision(by: Timestamp.day).remainder
    }

    /// Reads `12:41:57`; nil for anything else.
    init?(_ text: Substring, millisecond: Int64) {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 3, let hour = parts[0].number(digits: 2), let minute = parts[1].number(digits: 2),
        let second = parts[2].number(digits: 2), hour < 24, minute < 60, second <= 60
      else { return nil }
      milliseconds = (hour * 3600 + minute * 60 + second) * 1000 + millisecond
    }

    var hour: Int64 { milliseconds / 3_600_000 }
    var minute: Int64 { milliseconds / 60_000 % 60 }
    var second: Int64 { milliseconds / 1000 % 60 }
    var millisecond: Int64 { milliseconds % 1000 }
  }
}

extension Int64 {
  fileprivate func flooringDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

extension Substring {
  fileprivate func number(digits: Int) -> Int64? {
    utf8.count == digits && utf8.allSatisfy(\.isDigit) ? Int64(self) : nil
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}

extension UnsafeMutableBufferPointer<UInt8> {
  fileprivate func write(_ text: StaticString, at offset: Int) {
    for index in 0..<text.utf8CodeUnitCount { self[offset + index] = text.utf8Start[index] }
  }

  fileprivate func writeDigits(_ value: Int64, count: Int, at offset: Int) {
    var rest = value
    for index in stride(from: offset + count - 1, through: offset, by: -1) {
      self[index] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
  }

  fileprivate func write(_ time: Timestamp.TimeOfDay, at offset: Int) {
    writeDigits(time.hour, count: 2, at: offset)
    self[offset + 2] = UInt8(ascii: ":")
    writeDigits(time.minute, count: 2, at: offset + 3)
    self[offset + 5] = UInt8(ascii: ":")
    writeDigits(time.second, count: 2, at: offset + 6)
  }
}
