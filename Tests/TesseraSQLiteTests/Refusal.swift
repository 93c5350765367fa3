import TesseraCore
import Testing

@testable import TesseraSQLite

/// Makes a database with one client in it, and closes it.
func makeExampleDatabase(at path: String) async throws {
  let store = try await SQLiteStore.open(path: path)
  try await store.insertClient(try Example.client("a"), audit: Example.event)
  await store.close()
}

/// Expects that opening this path fails for this reason.
func expectRefusal(
  _ problem: SQLiteStoreError.Problem,
  opening path: String,
  sourceLocation: SourceLocation = #_sourceLocation
) async {
  await #expect(throws: SQLiteStoreError(problem, path: path), sourceLocation: sourceLocation) {
    try await SQLiteStore.open(path: path, busyTimeout: 0.05)
  }
}
