import Foundation
import TesseraTestSupport

/// A folder that is removed when the test lets go of it, and with it the store of what runs in it.
final class TemporaryFolder: Sendable {
  let url: URL
  private let database: PostgresDatabase?

  /// What runs in it has its store in this database; without one, in its data directory.
  init(database: PostgresDatabase? = StoreKind.current == .postgres ? PostgresDatabase() : nil) throws {
    self.database = database
    url = FileManager.default.temporaryDirectory.appending(path: "tessera-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// What tells a program where its store is; empty where it is in its data directory.
  var environment: [String: String] {
    get async throws {
      guard let database else { return [:] }
      return ["TESSERA_STORE": try await database.url]
    }
  }

  /// Where PostgreSQL has the data of its store, the log of what it writes and its own log; empty where it is in its data
  /// directory.
  func databaseFolders() async throws -> [URL] {
    guard let database else { return [] }
    let server = URL(filePath: try await PostgresServer.shared.folder)
    let number = try await database.run(
      "CHECKPOINT; SELECT oid::text FROM pg_database WHERE datname = current_database()"
    )
    return ["data/base/\(number ?? "")", "data/pg_wal", "server"].map { server.appending(path: $0) }
  }

  /// One with a data directory in it, as `tessera init` makes it.
  static func withData(_ environment: [String: String] = [:]) async throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try await folder.makeData(environment)
    return folder
  }

  /// Makes a data directory in it.
  func makeData(_ environment: [String: String] = [:]) async throws {
    let outcome = try await TesseraProcess.run(["init"], in: self, environment: environment)
    guard outcome.status == 0 else { throw NoData(errors: outcome.errors) }
  }

  struct NoData: Error {
    let errors: String
  }

  /// A path in it.
  func url(_ name: String) -> URL { url.appending(path: name) }
}
