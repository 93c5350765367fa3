#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file that a database is in.
enum DatabaseFile {
  /// Makes an empty file that only its owner can read and write, unless there is a file.
  ///
  /// SQLite gives the `-wal` and `-shm` files the same mode and, as root, the same owner.
  ///
  /// An existing file is never opened here: closing it again would drop the locks that SQLite has on it in
  /// this process. For the same reason nobody in this process may open the database before this returns.
  static func create(at path: String) throws(SQLiteStoreError) {
    let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    let reason = errno
    if descriptor >= 0 {
      defer { close(descriptor) }
      guard NewFile.settle(descriptor, in: NewFile.folder(of: path)) == 0 else {
        throw SQLiteStoreError(problem(errno), path: path)
      }
    } else if reason != EEXIST {
      throw SQLiteStoreError(problem(reason), path: path)
    }
  }

  static func problem(_ reason: Int32) -> SQLiteStoreError.Problem {
    switch reason {
    case ENOENT, ENOTDIR: .directoryMissing
    case EACCES, EPERM, EROFS: .notWritable
    case ENOSPC, EDQUOT, EIO: .diskFull
    default: .failed(String(cString: strerror(reason)))
    }
  }
}
