import Synchronization

/// A database of one test in the PostgreSQL of all: made when it is asked for first, removed when the test lets go of it.
package final class PostgresDatabase: Sendable {
  private let making = Mutex<Task<String, any Error>?>(nil)

  package init() {}

  deinit {
    guard let making = making.withLock({ $0 }) else { return }
    Task { try await PostgresServer.shared.removeDatabase(making.value) }
  }

  /// Its name.
  package var name: String {
    get async throws {
      let making = making.withLock { making in
        let task = making ?? Task { try await PostgresServer.shared.makeDatabase() }
        making = task
        return task
      }
      return try await making.value
    }
  }

  /// Where it is.
  package var url: String {
    get async throws { try await PostgresServer.shared.url(name) }
  }

  /// Runs statements in it, and returns the first text of the last.
  @discardableResult
  package func run(_ statements: String) async throws -> String? {
    try await PostgresServer.shared.run(statements, in: name)
  }
}
