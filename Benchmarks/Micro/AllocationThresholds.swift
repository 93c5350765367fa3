import Foundation

/// The file of thresholds: the most allocations of each operation, by its name.
struct AllocationThresholds {
  let path: String

  /// What exceeds its threshold, has none, or is not measured any more.
  func problems(_ readings: [Meter.Reading]) throws -> [String] {
    let data = try Data(contentsOf: URL(filePath: path))
    var thresholds = try JSONDecoder().decode([String: Double].self, from: data)
    var problems: [String] = []
    for reading in readings {
      guard let most = thresholds.removeValue(forKey: reading.name) else {
        problems.append("\(reading.name) has no threshold in \(path)")
        continue
      }
      let count = rounded(reading.allocations)
      if count > most {
        problems.append("\(reading.name): \(count) allocations, at most \(most) are allowed")
      }
    }
    return problems + thresholds.keys.sorted().map { "\($0) has a threshold in \(path) but is not measured" }
  }

  func write(_ readings: [Meter.Reading]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let counts = readings.map { ($0.name, rounded($0.allocations)) }
    let data = try encoder.encode(Dictionary(uniqueKeysWithValues: counts))
    try (data + Data("\n".utf8)).write(to: URL(filePath: path))
  }

  /// What happens once in thousands of requests, such as filling the pool of randomness, does not count.
  private func rounded(_ allocations: Double) -> Double { (allocations * 10).rounded() / 10 }
}
