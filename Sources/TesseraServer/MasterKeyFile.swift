import Foundation
import TesseraCore
import TesseraJOSE

/// A file with a master key: base64 (RFC 4648 §4) and a newline, readable by its owner only.
package struct MasterKeyFile: Sendable {
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
    let file = GuardedFile(path: path, dataDirectory: dataDirectory, mayBeReadByGroup: mayBeReadByGroup)
    let bytes: [UInt8]
    do throws(GuardedFile.Problem) {
      bytes = try file.read(atMost: 256)
    } catch {
      switch error {
      case .notReadable(let reason): throw .notReadable(path: path, reason: reason)
      case .notRegular: throw .malformed(path: path)
      case .readableByOthers: throw .readableByOthers(path: path)
      case .foreignOwner(let owner): throw .foreignOwner(path: path, owner: owner)
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
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
  func synchroniseFolder() throws(MasterKeyFileError) {
    let folder = open(
      URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false),
      O_RDONLY | O_CLOEXEC
    )
    guard folder >= 0 else { throw .notWritable(path: path, reason: .last) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw .notWritable(path: path, reason: .last) }
  }
}
