import Foundation
import TesseraCore

/// How the key of a file is replaced: the next one waits beside it until the store has it, so that at every moment one of the
/// two is the right one.
extension MasterKeyFile {
  /// The file in which the next key waits.
  var next: MasterKeyFile {
    MasterKeyFile(path: path + ".new", dataDirectory: dataDirectory, mayBeReadByGroup: mayBeReadByGroup)
  }

  /// The key of a store in this state: the one in the file, or the next, which then takes its place.
  func key(of state: ServerState) -> MasterKey? {
    if let key = try? read(), state.isProtected(by: key) { return key }
    guard let key = try? next.read(), state.isProtected(by: key) else { return nil }
    // Where the folder cannot be written, or somebody else is about to do it, it is found here again.
    if let lock = FolderLock(NewFile.folder(of: path)) {
      if (try? next.read())?.checkValue == key.checkValue { _ = try? takeNext() }
      lock.release()
    }
    return key
  }

  /// Puts the next key in place of the present one, which is kept for the backups of before; returns where.
  ///
  /// For whoever holds the lock of the folder.
  @discardableResult
  func takeNext() throws(MasterKeyFileError) -> String? {
    var kept: String?
    if let present = try? read() {
      let name = present.checkValue.prefix(4).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
      let path = "\(path).old-\(name.joined())"
      guard link(self.path, path) == 0 || errno == EEXIST else {
        throw .notWritable(path: path, reason: .last)
      }
      kept = path
    }
    guard rename(next.path, path) == 0 else { throw .notWritable(path: path, reason: .last) }
    try synchroniseFolder()
    return kept
  }
}
