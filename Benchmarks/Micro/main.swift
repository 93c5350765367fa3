import Foundation

// Nanoseconds and allocations of the parts of a token request, and of whole requests without a network.
//
// Usage: MicroBenchmarks [--check FILE | --update FILE]
// FILE has the most allocations that each may make. With --check more of them are a failure; --update writes
// what there are now.

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.isEmpty || (arguments.count == 2 && ["--check", "--update"].contains(arguments[0])) else {
  print("usage: MicroBenchmarks [--check FILE | --update FILE]")
  exit(2)
}

let readings = try await Measurements.all()
for reading in readings {
  let name = reading.name.padding(toLength: 26, withPad: " ", startingAt: 0)
  print(name, String(format: "%9.0f ns %7.1f allocations", reading.nanoseconds, reading.allocations))
}
if arguments.count == 2 {
  let thresholds = AllocationThresholds(path: arguments[1])
  if arguments[0] == "--update" {
    try thresholds.write(readings)
  } else {
    let problems = try thresholds.problems(readings)
    for problem in problems { print("error: \(problem)") }
    exit(problems.isEmpty ? 0 : 1)
  }
}
