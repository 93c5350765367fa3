import Synchronization

/// Random numbers for jitter, from a generator without its type.
final class RandomFractions: Sendable {
  private let draw: @Sendable () -> Double

  init<Generator: RandomNumberGenerator & Sendable>(_ generator: Generator) {
    let generator = Shared(generator)
    draw = { generator.state.withLock { Double.random(in: 0..<1, using: &$0) } }
  }

  /// A number from 0 up to but not including 1.
  func next() -> Double { draw() }

  private final class Shared<Generator: RandomNumberGenerator & Sendable>: Sendable {
    let state: Mutex<Generator>

    init(_ generator: Generator) {
      state = Mutex(generator)
    }
  }
}
