import Foundation

/// Whose a file is, and who may do what with it.
struct FileStatus: Sendable, Equatable {
  /// The user that it belongs to.
  let owner: uid_t
  /// The permissions.
  let mode: mode_t

  /// Takes what the system says.
  init(_ status: stat) {
    owner = status.st_uid
    mode = status.st_mode & 0o7777
  }

  /// Takes both as they are.
  init(owner: uid_t, mode: mode_t) {
    self.owner = owner
    self.mode = mode
  }

  /// What is at this path; nil when there is nothing, or it cannot be looked at.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Whether two paths name one file that is there.
  static func areSame(_ first: String, _ second: String) -> Bool {
    var (one, other) = (stat(), stat())
    return stat(first, &one) == 0 && stat(second, &other) == 0
      && (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
  }
}
