/// A clock without its type: time since it was made, and sleeping.
package struct Timekeeper: Sendable {
  private let read: @Sendable () -> Duration
  private let wait: @Sendable (Duration) async throws -> Void

  package init(_ clock: some Clock<Duration>) {
    let origin = clock.now
    read = { origin.duration(to: clock.now) }
    wait = { try await clock.sleep(for: $0) }
  }

  /// Time since the timekeeper was made.
  package var now: Duration { read() }

  /// Returns after this time.
  ///
  /// - Throws: `CancellationError`.
  package func sleep(for duration: Duration) async throws {
    try await wait(duration)
  }

  /// Runs the operation; cancels it when it takes longer than this.
  ///
  /// - Throws: ``TimedOut`` then.
  package func run<Value: Sendable>(
    within limit: Duration,
    _ operation: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask(operation: operation)
      group.addTask {
        try await sleep(for: limit)
        throw TimedOut()
      }
      defer { group.cancelAll() }
      guard let value = try await group.next() else { throw CancellationError() }
      return value
    }
  }

  /// An operation took too long.
  package struct TimedOut: Error {}
}
