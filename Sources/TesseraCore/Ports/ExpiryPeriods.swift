package import TesseraJOSE

/// The stretches of time, all of one length, by which a store keeps what expires: what expires in one of them is forgotten
/// as a whole.
package struct ExpiryPeriods: Sendable, Equatable {
  /// Of claims.
  package static let claims = ExpiryPeriods(hours: 4, ahead: 12)
  /// Of the revocations of tokens: days.
  package static let revocations = ExpiryPeriods(hours: 24, ahead: 7)

  /// In milliseconds.
  package let length: Int64
  /// For how many after the present one room is made. What expires later has room too, but is moved when its time comes.
  package let ahead: Int64

  private init(hours: Int64, ahead: Int64) {
    length = hours * 3_600_000
    self.ahead = ahead
  }

  /// The number of the period that a time is in, counted from 1970.
  package func number(at time: Timestamp) -> Int64 {
    let (quotient, remainder) = time.milliseconds.quotientAndRemainder(dividingBy: length)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// When a period begins.
  package func start(of number: Int64) -> Timestamp {
    let (product, overflow) = number.multipliedReportingOverflow(by: length)
    return Timestamp(milliseconds: overflow ? (number < 0 ? .min : .max) : product)
  }

  /// The period of this time and those after it for which room is made.
  package func numbers(from time: Timestamp) -> ClosedRange<Int64> {
    let first = number(at: time)
    return first...first + ahead
  }

  /// When the period of a time begins: what expires before is of one that is over.
  package func end(ofThoseBefore time: Timestamp) -> Timestamp { start(of: number(at: time)) }
}
