import Foundation

/// A file of a test, replaced as rotation tools do it: written next to it and renamed.
final class TemporaryFile: Sendable {
  let path: String

  init(_ text: String) throws {
    path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try write(text)
  }

  func write(_ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
  }

  func remove() throws {
    try FileManager.default.removeItem(atPath: path)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
