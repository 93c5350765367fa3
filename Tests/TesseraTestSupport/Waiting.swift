/// Waits until a condition holds, looking again every few milliseconds.
///
/// Not by yielding: a loop that only yields takes a core from the process that it waits for. A condition that never
/// holds ends with the time limit of the test.
package func wait(until condition: () async throws -> Bool) async throws {
  while try await !condition() {
    try await Task.sleep(for: .milliseconds(3))
  }
}
