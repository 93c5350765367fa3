#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A moment on both clocks.
struct Moment: Sendable {
  /// On the monotonic clock, which the age of what is known is measured by.
  let elapsed: Duration
  /// The time of day, which the end of a token is compared with.
  let date: Date
}
