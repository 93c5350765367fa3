import Foundation
import TesseraCore

/// A file that a backup is written to, which has its name only when all of it is on the disk.
///
/// Until then it is beside it, with `.partial` after the name. What was left there by a process that was killed is written
/// over.
final class BackupFile {
  private let path: String
  private let replaces: Bool
  private let descriptor: Int32
  private var isFinished = false

  private var draft: String { path + ".partial" }

  /// Makes the file, empty, for its owner only.
  init(_ path: String, replacing replaces: Bool) throws(StoreMoveError) {
    self.path = path
    self.replaces = replaces
    var status = stat()
    if lstat(path, &status) == 0, !replaces || status.st_mode & S_IFMT == S_IFDIR {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw .conflict(
        isFolder
          ? "\(path.printable) is a folder; name a file in it"
          : "\(path.printable) is there already; name another file, or replace it with --overwrite"
      )
    }
    do throws(SystemError) {
      var opened: Int32?
      while opened == nil { opened = try BackupFile.open(path + ".partial") }
      descriptor = opened ?? -1
    } catch {
      throw error.code == EWOULDBLOCK
        ? .conflict("another process writes a backup to \(path.printable); wait until it is done")
        : .failed("cannot write \(path.printable): \(error)")
    }
  }

  /// Opens it and keeps others away; nil when it was moved or removed meanwhile.
  ///
  /// What is a link, or has a second name, is no draft of ours, and is not written to.
  private static func open(_ draft: String) throws(SystemError) -> Int32? {
    let descriptor = Foundation.open(draft, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { throw .last }
    do throws(SystemError) {
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .last }
      var (opened, named) = (stat(), stat())
      guard fstat(descriptor, &opened) == 0 else { throw .last }
      guard opened.st_mode & S_IFMT == S_IFREG, opened.st_uid == geteuid() else {
        throw SystemError(code: EEXIST)
      }
      if lstat(draft, &named) == 0, (opened.st_dev, opened.st_ino) == (named.st_dev, named.st_ino) {
        if opened.st_nlink == 1 {
          guard ftruncate(descriptor, 0) == 0, fchmod(descriptor, 0o600) == 0 else { throw .last }
          return descriptor
        }
        guard unlink(draft) == 0 else { throw .last }
      }
      close(descriptor)
      return nil
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit {
    if !isFinished { unlink(draft) }
    close(descriptor)
  }

  /// Adds to it.
  func write(_ bytes: [UInt8]) throws(StoreMoveError) {
    do throws(SystemError) {
      try FileOutput(descriptor: descriptor).write(bytes[...])
    } catch {
      throw .failed("cannot write \(path.printable), and nothing was kept: \(error)")
    }
  }

  /// Brings it to the disk and gives it its name.
  func finish() throws(StoreMoveError) {
    do throws(SystemError) {
      guard fsync(descriptor) == 0 else { throw .last }
      if replaces {
        guard rename(draft, path) == 0 else { throw .last }
      } else {
        guard link(draft, path) == 0 else { throw .last }
        unlink(draft)
      }
      isFinished = true
      let folder = Foundation.open(NewFile.folder(of: path), O_RDONLY | O_CLOEXEC)
      guard folder >= 0 else { throw .last }
      defer { close(folder) }
      guard fsync(folder) == 0 else { throw .last }
    } catch {
      throw .failed("cannot write \(path.printable), and nothing was kept: \(error)")
    }
  }
}
