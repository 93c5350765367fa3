import Testing

/// Waits until a condition holds, looking again every few milliseconds.
///
/// Not by yielding: a loop that only yields takes a core from the process that it waits for. After ten minutes it never
/// will, on the slowest machine.
package func wait(
  fileID: String = #fileID,
  filePath: String = #filePath,
  line: Int = #line,
  column: Int = #column,
  until condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + .seconds(600)
  while try await !condition() {
    guard ContinuousClock.now < end else {
      let location = SourceLocation(fileID: fileID, filePath: filePath, line: line, column: column)
      Issue.record("waited in vain", sourceLocation: location)
      throw NeverHeld()
    }
    try await Task.sleep(for: .milliseconds(3))
  }
}

/// A condition that did not come to hold.
package struct NeverHeld: Error {}
