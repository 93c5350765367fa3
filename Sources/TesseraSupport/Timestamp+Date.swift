package import TesseraJOSE

#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

extension Date {
  package init(_ time: Timestamp) {
    self.init(timeIntervalSince1970: Double(time.milliseconds) / 1000)
  }
}

extension Timestamp {
  /// To the millisecond; whatever is not between 1970 and the year 9999 becomes the nearer of them.
  package init(_ date: Date) {
    let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
    self.init(milliseconds: Int64(min(max(milliseconds, 0), 253_402_300_799_999)))
  }
}
