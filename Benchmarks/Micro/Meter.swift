import CMallocCounter

/// Measures one operation: how long it takes and how often it allocates.
struct Meter {
  struct Reading {
    let name: String
    let nanoseconds: Double
    let allocations: Double
  }

  private static let batches = 15
  private static let batchTime = Duration.milliseconds(20)

  /// Times are the medians of batches; allocations are exact, and the same in every batch but for what grows
  /// once in a while.
  static func measure(_ name: String, _ operation: () throws -> Void) rethrows -> Reading {
    let clock = ContinuousClock()
    for _ in 0..<1000 { try operation() }
    let thousand = try clock.measure { for _ in 0..<1000 { try operation() } }
    let count = max(100, Int(1000 * (batchTime / thousand)))
    var times: [Double] = []
    var allocations: [Double] = []
    for _ in 0..<batches {
      let before = malloc_counter_count()
      let time = try clock.measure { for _ in 0..<count { try operation() } }
      allocations.append(Double(malloc_counter_count() - before) / Double(count))
      times.append(time / .nanoseconds(1) / Double(count))
    }
    return Reading(name: name, nanoseconds: times.median, allocations: allocations.median)
  }
}

/// Keeps the optimiser from leaving out work whose result nobody reads.
@inline(never)
func keep<Value>(_ value: Value) {
  withExtendedLifetime(value) {}
}

extension [Double] {
  fileprivate var median: Double { sorted()[count / 2] }
}
