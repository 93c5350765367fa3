#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Where the time of day comes from, which a token's end is compared with.
public struct WallClock: Sendable {
  private let read: @Sendable () -> Date

  /// A clock that asks this function.
  public init(_ read: @escaping @Sendable () -> Date) {
    self.read = read
  }

  /// The time of day.
  public var now: Date { read() }

  /// The machine's clock.
  public static let system = WallClock { Date() }
}
