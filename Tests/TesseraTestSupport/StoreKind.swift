import Foundation
import TesseraCore
package import TesseraPostgres
import TesseraSQLite
import TesseraStoreTesting

/// A kind of store that tests run on.
///
/// What a test of a store itself is about, it opens by itself.
package enum StoreKind: String, Sendable {
  /// Forgets everything with its process. Programs that are started have SQLite instead.
  case memory
  case sqlite
  case postgres

  /// The one of this run: `TEST_STORE`, or without it the fastest.
  ///
  /// Not `TESSERA_…`, which programs that are started would take for a setting that they do not know.
  package static let current: StoreKind = {
    guard let name = ProcessInfo.processInfo.environment["TEST_STORE"] else { return .memory }
    guard let kind = StoreKind(rawValue: name) else {
      fatalError("TEST_STORE is memory, sqlite or postgres, not \(name)")
    }
    return kind
  }()

  /// Gives `body` an empty store, which is removed afterwards.
  func withStore<Value>(_ body: (any Store) async throws -> Value) async throws -> Value {
    switch self {
    case .memory: return try await body(InMemoryStore())
    case .sqlite: return try await withSQLite(body)
    case .postgres:
      let server = try await PostgresServer.shared
      return try await server.withDatabase(likeThat: try await StoreKind.template.value) { name in
        try await closing(PostgresStore.open(server.url(name), limits: .forTests), body)
      }
    }
  }

  private func withSQLite<Value>(_ body: (any Store) async throws -> Value) async throws -> Value {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appending(path: "tessera-store-\(UUID())")
    try files.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? files.removeItem(at: folder) }
    return try await closing(SQLiteStore.open(path: folder.appending(path: "tessera.sqlite").path), body)
  }

  private func closing<Value>(
    _ store: any Store,
    _ body: (any Store) async throws -> Value
  ) async throws -> Value {
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(store))
    } catch {
      result = .failure(error)
    }
    await store.close()
    return try result.get()
  }

  /// A database with the tables in it, made once, since a copy takes a fifth of the time.
  private static let template = Task {
    let server = try await PostgresServer.shared
    let name = try await server.makeDatabase()
    try await PostgresStore.open(server.url(name), limits: .forTests).close()
    return name
  }
}

extension Limits {
  /// Those of a machine on which other things run, with few connections, since many tests run at once.
  package static let forTests: Limits = {
    var limits = Limits()
    limits.readers = 2
    (limits.answer, limits.turn) = (60_000, 60_000)
    return limits
  }()
}
