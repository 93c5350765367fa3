import Foundation
import TesseraCore

/// A file that a backup is read from, twice: first to see whether it is whole, then to restore it.
struct BackupSource {
  private let path: String
  private let handle: FileHandle

  /// Opens it.
  init(_ path: String) throws(StoreMoveError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .failed("cannot read \(path.printable): \(SystemError.last)") }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .failed("\(path.printable) is no file; name one that 'tessera backup' wrote")
    }
  }

  /// Reads it from its beginning.
  func reader() throws(StoreMoveError) -> BackupReader {
    let descriptor = handle.fileDescriptor
    guard lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw .failed("cannot read \(path.printable): \(SystemError.last)")
    }
    return try describing { () throws(BackupError) in
      try BackupReader { limit throws(BackupError) in
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = read(descriptor, &bytes, limit)
        guard count >= 0 else { throw .unusable("\(SystemError.last)") }
        return Array(bytes.prefix(count))
      }
    }
  }

  /// What is in it, and the keys that its master key protects; throws when it is not whole.
  func check() throws(StoreMoveError) -> (header: BackupHeader, keys: ProtectedKeys) {
    let reader = try reader()
    var (state, keys): (ServerState?, [WrappedKey]) = (nil, [])
    try describing { () throws(BackupError) in
      try reader.check { kind, records throws(BackupError) in
        if kind == .serverState { state = records.first.flatMap { ServerState($0) } ?? state }
        if kind == .keys {
          for record in records {
            guard let key = WrappedKey(record) else { throw .damaged }
            keys.append(key)
          }
        }
      }
    }
    guard let state else {
      throw .failed("\(path.printable) is the backup of a store without keys; use another")
    }
    return (reader.header, ProtectedKeys(state: state, keys: keys))
  }

  private func describing<Value>(_ body: () throws(BackupError) -> Value) throws(StoreMoveError) -> Value {
    do throws(BackupError) {
      return try body()
    } catch {
      let file = path.printable
      switch error {
      case .foreign: throw .failed("\(file) is no backup of Tessera; name a file that 'tessera backup' wrote")
      case .otherVersion(let version):
        let maker = version.map { "Tessera \($0)" } ?? "a newer version of Tessera"
        throw .failed(
          "\(file) was made by \(maker) and does not fit this version, \(Version.current); restore it with that one"
            .printable
        )
      case .damaged: throw .failed("\(file) is cut off or was altered; restore another backup")
      case .unusable(let reason): throw .failed("cannot read \(file): \(reason)")
      case .store(let error): throw .failed("cannot read \(file): \(error)")
      }
    }
  }
}
