/// Draws always the same, so that jitter can be told beforehand.
struct FixedGenerator: RandomNumberGenerator, Sendable {
  let value: UInt64

  /// The lowest and the middle of what can be drawn; a Double takes the lower 53 bits.
  static let lowest = FixedGenerator(value: 0)
  static let middle = FixedGenerator(value: 1 << 52)

  mutating func next() -> UInt64 { value }
}
