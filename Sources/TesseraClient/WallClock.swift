#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the time of day comes from.
///
/// It is used only for an answer that says when a token ends but has no `Date` to compare that with, so that a
/// clock that is wrong does not matter otherwise.
public struct WallClock: Sendable {
  private let read: @Sendable () -> Int64

  /// A clock that asks this function for milliseconds since the epoch (1970-01-01 in UTC).
  public init(_ read: @escaping @Sendable () -> Int64) {
    self.read = read
  }

  /// Milliseconds since the epoch.
  public var milliseconds: Int64 { read() }

  /// The machine's clock.
  public static let system = WallClock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
