import Foundation

// Nanoseconds and allocations of the parts of a token request, and of whole requests without a network.
//
// Usage: MicroBenchmarks [--check FILE | --update FILE | --cores [LEAST]]
// FILE has the most allocations that each may make. With --check more of them are a failure; --update writes
// what there are now. --cores says how much more two threads answer than one; less than LEAST is a failure.

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case nil: show(try await Measurements.all())
case "--check" where arguments.count == 2:
  let readings = try await Measurements.all()
  show(readings)
  finish(try AllocationThresholds(path: arguments[1]).problems(readings))
case "--update" where arguments.count == 2:
  let readings = try await Measurements.all()
  show(readings)
  try AllocationThresholds(path: arguments[1]).write(readings)
case "--cores" where arguments.count == 1 || arguments.count == 2 && Double(arguments[1]) != nil:
  let readings = try await Measurements.cores()
  for reading in readings {
    print(named(reading.name), String(format: "%9.0f ns %7.2f times one", reading.nanoseconds, reading.ratio))
  }
  let least = arguments.count == 2 ? Double(arguments[1]) ?? 0 : 0
  finish(
    readings.filter { $0.ratio < least }
      .map { "two threads answer \($0.ratio) times as many as one of “\($0.name)”; it has to be \(least)" }
  )
default:
  print("usage: MicroBenchmarks [--check FILE | --update FILE | --cores [LEAST]]")
  exit(2)
}

func show(_ readings: [Meter.Reading]) {
  for reading in readings {
    print(
      named(reading.name),
      String(format: "%9.0f ns %7.1f allocations", reading.nanoseconds, reading.allocations)
    )
  }
}

func named(_ name: String) -> String { name.padding(toLength: 26, withPad: " ", startingAt: 0) }

func finish(_ problems: [String]) -> Never {
  for problem in problems { print("error: \(problem)") }
  exit(problems.isEmpty ? 0 : 1)
}
