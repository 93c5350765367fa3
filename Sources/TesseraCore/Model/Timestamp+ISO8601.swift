extension Timestamp {
  /// ISO 8601 in UTC with exactly three fractional digits, such as `2023-08-10T12:41:57.643Z`.
  ///
  /// By hand, because Foundation's style goes through a floating-point `Date` and turns .123 into .122.
  package var iso8601: String {
    String(unsafeUninitializedCapacity: Timestamp.iso8601Length) { buffer in
      writeISO8601(to: buffer)
      return Timestamp.iso8601Length
    }
  }

  /// How many bytes that form has.
  package static let iso8601Length = 24

  /// Writes that form at the start of a buffer.
  package func writeISO8601(to buffer: UnsafeMutableBufferPointer<UInt8>) {
    let (days, millisecondOfDay) = milliseconds.flooringDivision(by: 86_400_000)
    let date = CivilDate(daysSinceEpoch: days)
    buffer.writeDigits(date.year, count: 4, at: 0)
    buffer[4] = UInt8(ascii: "-")
    buffer.writeDigits(date.month, count: 2, at: 5)
    buffer[7] = UInt8(ascii: "-")
    buffer.writeDigits(date.day, count: 2, at: 8)
    buffer[10] = UInt8(ascii: "T")
    buffer.writeDigits(millisecondOfDay / 3_600_000, count: 2, at: 11)
    buffer[13] = UInt8(ascii: ":")
    buffer.writeDigits(millisecondOfDay / 60_000 % 60, count: 2, at: 14)
    buffer[16] = UInt8(ascii: ":")
    buffer.writeDigits(millisecondOfDay / 1000 % 60, count: 2, at: 17)
    buffer[19] = UInt8(ascii: ".")
    buffer.writeDigits(millisecondOfDay % 1000, count: 3, at: 20)
    buffer[23] = UInt8(ascii: "Z")
  }
}
