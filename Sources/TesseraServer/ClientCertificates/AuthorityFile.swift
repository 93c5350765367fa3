import Foundation
import TesseraCore

/// A file that the server follows while it runs.
struct AuthorityFile: Sendable {
  /// What tells one state of a file from another without reading it.
  struct State: Sendable, Equatable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let modified: Int64
    let modifiedNanoseconds: Int64
  }

  let path: String
  /// The most bytes of it.
  let limit: Int

  /// Nil when there is none.
  var state: State? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return State(
      device: UInt64(status.st_dev),
      inode: UInt64(status.st_ino),
      size: Int64(status.st_size),
      modified: Int64(time.tv_sec),
      modifiedNanoseconds: Int64(time.tv_nsec)
    )
  }

  /// What is in it now.
  func contents() throws(AuthorityProblem) -> [UInt8] {
    // Non-blocking, so that a named pipe does not hang the start.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(.last) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(.last) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    guard status.st_size <= limit else { throw .tooLarge(limit: limit) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= limit {
      let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { throw .unreadable(.last) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
    guard !bytes.isEmpty else { throw .empty }
    return bytes
  }
}
