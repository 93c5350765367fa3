#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the passing of time comes from: it never jumps, unlike the time of day.
///
/// Tests bring their own.
package struct MonotonicClock: Sendable {
  private let read: @Sendable () -> Int64

  /// A clock that asks this function for milliseconds since some fixed moment.
  package init(_ read: @escaping @Sendable () -> Int64) {
    self.read = read
  }

  /// Milliseconds since some fixed moment.
  package var milliseconds: Int64 { read() }

  /// The machine's clock.
  ///
  /// On Linux it goes on while the machine is suspended, when what is in memory gets older too.
  package static let system = MonotonicClock {
    var time = timespec()
    #if os(Linux)
      clock_gettime(CLOCK_BOOTTIME, &time)
    #else
      clock_gettime(CLOCK_MONOTONIC, &time)
    #endif
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
