import Foundation

/// Where things are in a data directory.
struct DataDirectoryLayout {
  let path: String

  var storePath: String { path + "/tessera.sqlite" }
  var keyFile: MasterKeyFile { MasterKeyFile(path: path + "/master.key") }

  /// Whether there is a store.
  ///
  /// Throws when that cannot be said.
  var hasStore: Bool {
    get throws(DataDirectoryError) {
      var status = stat()
      if stat(storePath, &status) == 0 { return true }
      guard errno == ENOENT else { throw .folder(path: path, reason: .last) }
      return false
    }
  }

  /// Makes the folder, for its owner only, unless there is one.
  func makeFolder() throws(DataDirectoryError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw .folder(path: path, reason: SystemError(code: ENOTDIR))
      }
      return
    }
    do throws(SystemError) {
      try DataDirectoryLayout.makeFolders(URL(filePath: path))
    } catch {
      throw .folder(path: path, reason: error)
    }
  }

  /// Another process may make the same folders at the same time.
  private static func makeFolders(_ folder: URL) throws(SystemError) {
    let path = folder.path(percentEncoded: false)
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, path != "/" else { throw .last }
    try makeFolders(folder.deletingLastPathComponent())
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last }
  }
}
