import Foundation
import TesseraCore

/// Where things are in a data directory.
struct DataDirectoryLayout {
  let path: String

  var keyFile: MasterKeyFile {
    MasterKeyFile(path: path + "/master.key", dataDirectory: FileStatus(path: path))
  }

  /// Throws for what others than the owner can get at: the folder, and these files that a store is in.
  func check(_ databaseFiles: [String], _ trust: FileTrust = .current) throws(DataDirectoryError) {
    guard let folder = FileStatus(path: path) else { throw .folder(path: path, reason: .last) }
    if let danger = trust.danger(ofFolder: folder) {
      throw .unsafe(UnsafeFile(whatItIs: "the data directory", path: path, danger: danger))
    }
    for file in databaseFiles {
      guard let status = FileStatus(path: file) else { continue }
      if let danger = trust.danger(ofDatabase: status, in: folder) {
        throw .unsafe(UnsafeFile(whatItIs: "the database", path: file, danger: danger))
      }
    }
  }

  /// Whether there is a folder.
  ///
  /// Throws when that cannot be said, and for what is no folder.
  var exists: Bool {
    get throws(DataDirectoryError) {
      var status = stat()
      guard stat(path, &status) == 0 else {
        guard errno == ENOENT else { throw .folder(path: path, reason: .last) }
        return false
      }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw .folder(path: path, reason: SystemError(code: ENOTDIR))
      }
      return true
    }
  }

  /// Makes the folder, for its owner only, unless there is one.
  func makeFolder() throws(DataDirectoryError) {
    guard try !exists else { return }
    do throws(SystemError) {
      try DataDirectoryLayout.makeFolders(URL(filePath: path))
    } catch {
      throw .folder(path: path, reason: error)
    }
  }

  /// Another process may make the same folders at the same time.
  private static func makeFolders(_ folder: URL) throws(SystemError) {
    let path = folder.path(percentEncoded: false)
    do throws(SystemError) {
      return try makeFolder(folder)
    } catch {
      guard error.code == ENOENT, path != "/" else { throw error }
    }
    try makeFolders(folder.deletingLastPathComponent())
    try makeFolder(folder)
  }

  private static func makeFolder(_ folder: URL) throws(SystemError) {
    let path = folder.path(percentEncoded: false)
    guard mkdir(path, 0o700) == 0 else {
      if errno == EEXIST { return }
      throw .last
    }
    guard NewFile.settleFolder(path, in: NewFile.folder(of: path)) == 0 else { throw .last }
  }
}
