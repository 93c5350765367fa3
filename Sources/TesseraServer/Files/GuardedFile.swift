import Foundation

/// A file with a secret, which only its owner may read.
struct GuardedFile {
  /// Why it cannot be used.
  enum Problem: Error {
    case notReadable(SystemError)
    case notRegular
    case readableByOthers
    case foreignOwner(uid_t)
  }

  let path: String
  /// The data directory that it is for, if there is one: root takes the secret of whoever that belongs to.
  var dataDirectory: FileStatus?
  /// Whether its group may read it too, as that of a mounted secret may.
  var mayBeReadByGroup = false

  /// What is in it, at most this many bytes.
  func read(atMost limit: Int) throws(Problem) -> [UInt8] {
    // Non-blocking, so that a named pipe does not hang the start.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .notReadable(.last) }
    defer { close(descriptor) }
    // The opened file is asked, not the path, which could name another one by now.
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .notReadable(.last) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
    let forbidden: mode_t = mayBeReadByGroup ? 0o037 : 0o077
    guard status.st_mode & forbidden == 0 else { throw .readableByOthers }
    guard FileTrust.current.trusts(keyOwner: status.st_uid, folder: dataDirectory) else {
      throw .foreignOwner(status.st_uid)
    }
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = Foundation.read(descriptor, &buffer, buffer.count)
    guard count >= 0 else { throw .notReadable(.last) }
    return Array(buffer[..<count])
  }
}
