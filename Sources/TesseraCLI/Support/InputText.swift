import Foundation
import TesseraServer

/// Text that must not be on the command line, where every process can see it: from a file, or from standard
/// input for `-`.
enum InputText {
  private static let maximumSize = 65_536

  /// The text of a file without the newline at its end.
  static func read(_ path: String, whatItIs: String) throws -> String {
    let name = path == "-" ? "standard input" : path
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CommandFailure("cannot read \(name): \(SystemError.last)") }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: path != "-")
    guard let data = try? handle.read(upToCount: maximumSize + 1) ?? Data() else {
      throw CommandFailure("cannot read \(name)")
    }
    guard data.count <= maximumSize, let text = String(validating: data, as: UTF8.self) else {
      throw CommandFailure("\(name) does not hold \(whatItIs)", .usage)
    }
    let content = text.withoutFinalNewline
    guard !content.isEmpty else {
      throw CommandFailure("\(name) is empty; it should contain \(whatItIs)", .usage)
    }
    return content
  }
}
