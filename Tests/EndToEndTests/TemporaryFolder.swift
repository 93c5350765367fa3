import Foundation

/// A folder that is removed when the test lets go of it.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "tessera-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
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
