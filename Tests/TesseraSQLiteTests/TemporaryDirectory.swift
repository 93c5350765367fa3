import Foundation

/// Gives `body` the path of a database file in a directory of its own, which is removed afterwards.
func withDatabasePath<Value>(_ body: (String) async throws -> Value) async throws -> Value {
  let replica = FileManager.default.temporaryDirectory.appending(path: "tessera-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: replica, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: replica) }
  return try await body(replica.appending(path: "tessera.sqlite").path)
}
