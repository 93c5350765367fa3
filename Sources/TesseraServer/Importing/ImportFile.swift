import Foundation

/// Why a file of clients is not read: one line that says where.
package struct ImportFileError: Error, Sendable, Equatable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// A file of clients.
package enum ImportFile {
  /// The most bytes of one.
  package static let maximumSize = 100_000_000

  /// The bytes of a file, or of standard input for `-`.
  package static func read(
    _ path: String,
    atMost limit: Int = ImportFile.maximumSize
  ) throws(ImportFileError) -> [UInt8] {
    let name = path == "-" ? "standard input" : path
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ImportFileError("cannot read \(name): \(SystemError.last)") }
    defer { if path != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = Foundation.read(descriptor, &part, part.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ImportFileError("cannot read \(name): \(SystemError.last)") }
      guard count > 0 else { return bytes }
      guard bytes.count + count <= limit else {
        throw ImportFileError("\(name) has more than \(limit / 1_000_000) MB; split it, and import the parts")
      }
      bytes += part[..<count]
    }
  }
}
