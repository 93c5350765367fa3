import ArgumentParser
import Foundation
import TesseraServer

/// A file for a secret, which only its owner may read.
struct PrivateFile {
  /// Where it is, whatever folder that is said in.
  let path: String

  init(_ path: String) {
    self.path = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
  }

  /// Makes it, empty unless there is a text for it, and on the disk.
  ///
  /// What is there already is left alone: it may be the only copy of another secret.
  func make(with text: String = "") throws {
    do throws(SystemError) {
      try write(text, to: path)
    } catch {
      let isThere = error.code == EEXIST
      throw CommandFailure("cannot create \(path): \(error)", isThere ? .conflict : .failure)
    }
  }

  /// Replaces it, whole.
  func replace(with text: String) throws {
    let draft = "\(path).\(UUID().uuidString)"
    do throws(SystemError) {
      try write(text, to: draft)
      guard rename(draft, path) == 0 else { throw .last }
    } catch {
      unlink(draft)
      throw CommandFailure("cannot write \(path): \(error)")
    }
  }

  /// Removes it.
  func remove() {
    unlink(path)
  }

  private func write(_ text: String, to path: String) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .last }
    defer { close(descriptor) }
    do throws(SystemError) {
      try FileOutput(descriptor: descriptor).write(text)
      guard fsync(descriptor) == 0 else { throw .last }
    } catch {
      unlink(path)
      throw error
    }
  }
}
