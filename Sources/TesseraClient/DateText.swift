/// Reads dates as milliseconds since the epoch.
enum DateText {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The form that RFC 9110 §5.6.7 has senders use, such as `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything
  /// else, the obsolete forms among it.
  static func milliseconds(httpDate text: String) -> Int64? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT",
      let month = months.firstIndex(of: String(words[2])),
      let day = number(words[1], digits: 2), let year = number(words[3], digits: 4),
      let time = timeOfDay(words[4])
    else { return nil }
    return milliseconds(year: year, month: Int64(month) + 1, day: day).map { $0 + time * 1000 }
  }

  /// ISO 8601 with a date, a time, an optional fraction and `Z`, such as `2023-08-10T12:41:57.643Z`; nil for
  /// anything else.
  ///
  /// By hand, because Foundation's style goes through a floating-point `Date` and turns .643 into .642.
  static func milliseconds(iso8601 text: String) -> Int64? {
    guard text.utf8.count <= 40, text.hasSuffix("Z") else { return nil }
    let halves = text.dropLast().split(separator: "T", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    let date = halves[0].split(separator: "-", omittingEmptySubsequences: false)
    let clock = halves[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard date.count == 3, let year = number(date[0], digits: 4), let month = number(date[1], digits: 2),
      let day = number(date[2], digits: 2), let time = timeOfDay(clock[0]),
      let fraction = clock.count == 1 ? 0 : thousandths(clock[1])
    else { return nil }
    return milliseconds(year: year, month: month, day: day).map { $0 + time * 1000 + fraction }
  }

  /// Seconds, of `12:41:57`.
  private static func timeOfDay(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = number(parts[0], digits: 2), let minute = number(parts[1], digits: 2),
      let second = number(parts[2], digits: 2), hour < 24, minute < 60, second <= 60
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  private static func thousandths(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy(isDigit) else { return nil }
    return Int64(text.prefix(3) + String(repeating: "0", count: max(0, 3 - text.count)))
  }

  private static func number(_ text: Substring, digits: Int) -> Int64? {
    text.utf8.count == digits && text.utf8.allSatisfy(isDigit) ? Int64(text) : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Counts in years that begin on 1 March, so that the leap day is the last day of its year.
  private static func milliseconds(year: Int64, month: Int64, day: Int64) -> Int64? {
    guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    let year = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    return days * 86_400_000
  }
}
