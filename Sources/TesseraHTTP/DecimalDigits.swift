extension Int64 {
  /// Hands over the digits of a number, after a minus sign where it is negative, without making a text of them.
  @inlinable package func withDigits<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var start = digits.count
      var rest = magnitude
      repeat {
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
        rest = quotient
      } while rest > 0
      if self < 0 {
        start -= 1
        digits[start] = UInt8(ascii: "-")
      }
      return body(UnsafeBufferPointer(rebasing: digits[start...]))
    }
  }
}

extension [UInt8] {
  /// Appends the digits of a number.
  @inlinable package mutating func append(digitsOf number: Int64) {
    number.withDigits { append(contentsOf: $0) }
  }
}
