package import TesseraCore
import TesseraJOSE

/// The change of the master key of a store, while its servers run.
package struct MasterKeyChange: Sendable {
  /// What came of it.
  package struct Outcome: Sendable {
    /// How many keys were wrapped anew.
    package let keys: Int
    /// Where the new master key is.
    package let path: String
    /// Where the one before is; nil when it is where it was.
    package let previousPath: String?
  }

  /// The file of the present key; nil when nothing is to be replaced.
  private let replaced: MasterKeyFile?
  private let new: MasterKeyFile

  /// With a key of the file at `newKeyPath`; without one, a new key is made beside the present one and takes its place.
  package init(_ configuration: ServerConfiguration, newKeyPath: String?) throws(StoreMoveError) {
    let present = configuration.masterKeyPlace
    if let newKeyPath {
      replaced = nil
      new = MasterKeyFile(path: newKeyPath, dataDirectory: FileStatus(path: configuration.dataDirectory))
      if let present, FileStatus.areSame(present.path, newKeyPath) {
        throw .usage("\(newKeyPath.printable) has the present master key; name the file of a new one")
      }
    } else if let present {
      replaced = present
      new = present.next
    } else {
      throw .usage(
        "the master key is no file, but in TESSERA_MASTER_KEY or master-key; make the new one with "
          + "'openssl rand -base64 32', and name its file with --new-key-file"
      )
    }
  }

  /// Changes it.
  ///
  /// When this is ended at any moment, either the old key or the new one is that of the store, and the next start finds out
  /// which.
  package func run(_ administration: Administration) async throws -> Outcome {
    guard let replaced else {
      let keys = try await administration.changeMasterKey(to: try new.read())
      return Outcome(keys: keys, path: new.path, previousPath: nil)
    }
    guard let lock = FolderLock(NewFile.folder(of: replaced.path)) else {
      throw StoreMoveError.conflict(
        "another process is changing \(replaced.path.printable); wait until it has done so"
      )
    }
    defer { lock.release() }
    let keys = try await administration.changeMasterKey(to: try new.readOrCreate(using: .system))
    return Outcome(keys: keys, path: replaced.path, previousPath: try replaced.takeNext())
  }
}
