extension Timestamp {
  private static let weekdays: [StaticString] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The form that HTTP's `Date` wants (RFC 9110 §5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.
  package var httpDate: String {
    let (days, millisecondOfDay) = milliseconds.flooringDivision(by: 86_400_000)
    let date = CivilDate(daysSinceEpoch: days)
    let weekday = Timestamp.weekdays[Int(days.flooringDivision(by: 7).remainder)]
    return String(unsafeUninitializedCapacity: 29) { buffer in
      buffer.write(weekday, at: 0)
      buffer.write(", ", at: 3)
      buffer.writeDigits(date.day, count: 2, at: 5)
      buffer.write(" ", at: 7)
      buffer.write(Timestamp.months[Int(date.month) - 1], at: 8)
      buffer.write(" ", at: 11)
      buffer.writeDigits(date.year, count: 4, at: 12)
      buffer.write(" ", at: 16)
      buffer.writeDigits(millisecondOfDay / 3_600_000, count: 2, at: 17)
      buffer.write(":", at: 19)
      buffer.writeDigits(millisecondOfDay / 60_000 % 60, count: 2, at: 20)
      buffer.write(":", at: 22)
      buffer.writeDigits(millisecondOfDay / 1000 % 60, count: 2, at: 23)
      buffer.write(" GMT", at: 25)
      return 29
    }
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  fileprivate func write(_ text: StaticString, at offset: Int) {
    for index in 0..<text.utf8CodeUnitCount { self[offset + index] = text.utf8Start[index] }
  }
}
