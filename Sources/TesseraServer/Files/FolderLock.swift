import Foundation

/// The right to replace files of a folder, which one process has at a time, until it ends at the latest.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Nil when another process has it, or there is no such folder.
  init?(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  /// Gives it back; what holds it otherwise ends with its life.
  func release() {
    flock(descriptor, LOCK_UN)
  }

  deinit {
    close(descriptor)
  }
}
