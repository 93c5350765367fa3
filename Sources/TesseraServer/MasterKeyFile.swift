import Foundation
import TesseraCore
import TesseraJOSE

/// A file with a master key: base64 (RFC 4648 §4) and a newline, readable by its owner only.
struct MasterKeyFile {
  let path: String
  /// The data directory that it is for, if there is one: root takes the key of whoever that belongs to.
  var dataDirectory: FileStatus?
  /// Whether its group may read it too, as that of a mounted secret may.
  var mayBeReadByGroup = false

  var exists: Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// The key in the file.
  func read() throws(MasterKeyFileError) -> MasterKey {
    // Non-blocking, so that a named pipe does not hang the start.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .notReadable(path: path, reason: .last) }
    defer { close(descriptor) }
    // The opened file is asked, not the path, which could name another one by now.
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .notReadable(path: path, reason: .last) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .malformed(path: path) }
    let forbidden: mode_t = mayBeReadByGroup ? 0o037 : 0o077
    guard status.st_mode & forbidden == 0 else { throw .readableByOthers(path: path) }
    guard FileTrust.current.trusts(keyOwner: status.st_uid, folder: dataDirectory) else {
      throw .foreignOwner(path: path, owner: status.st_uid)
    }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = Foundation.read(descriptor, &buffer, buffer.count)
    guard count >= 0 else { throw .notReadable(path: path, reason: .last) }
    let text = String(decoding: buffer[..<count], as: UTF8.self)
    guard let key = MasterKey(base64: text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw .malformed(path: path)
    }
    return key
  }

  /// Puts a new key into the file unless there is a file, and returns what the file then holds.
  ///
  /// Of several processes that do this at once, all get the same key.
  func readOrCreate(using randomness: RandomSource) throws(MasterKeyFileError) -> MasterKey {
    if !exists {
      let key = Data(randomness.bytes(count: MasterKey.byteCount))
      try create(Array(key.base64EncodedString().utf8) + [UInt8(ascii: "\n")])
    }
    return try read()
  }

  /// Writes the whole content under another name and links it to its own, which fails when there is a file
  /// already: nobody ever sees half a key.
  private func create(_ content: [UInt8]) throws(MasterKeyFileError) {
    let draft = "\(path).\(UUID().uuidString)"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .notWritable(path: path, reason: .last) }
    defer {
      close(descriptor)
      unlink(draft)
    }
    guard NewFile.settle(descriptor, in: NewFile.folder(of: path)) == 0 else {
      throw .notWritable(path: path, reason: .last)
    }
    guard write(descriptor, content, content.count) == content.count, fsync(descriptor) == 0 else {
      throw .notWritable(path: path, reason: .last)
    }
    guard link(draft, path) == 0 || errno == EEXIST else { throw .notWritable(path: path, reason: .last) }
    try synchroniseFolder()
  }

  /// Without this the name of the file could be lost with the power.
  private func synchroniseFolder() throws(MasterKeyFileError) {
    let folder = open(
      URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false),
      O_RDONLY | O_CLOEXEC
    )
    guard folder >= 0 else { throw .notWritable(path: path, reason: .last) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw .notWritable(path: path, reason: .last) }
  }
}
