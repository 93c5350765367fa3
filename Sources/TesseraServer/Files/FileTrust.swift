import Foundation

/// Who is trusted with the files of a data directory: the user that it belongs to, which is the one that runs this, or
/// anybody when root runs it; and root.
///
/// Somebody else who could change them could hand out tokens; who could read them would be close to it.
struct FileTrust {
  /// The user that runs this.
  let user: uid_t

  /// The trust of this process.
  static var current: FileTrust { FileTrust(user: geteuid()) }

  /// What is wrong with the folder; nil when nothing is.
  ///
  /// Others may look into it: what is in it is checked file by file.
  func danger(ofFolder status: FileStatus) -> UnsafeFile.Danger? {
    if user != 0, status.owner != user, status.owner != 0 {
      return .belongsToAnother(status.owner, insteadOf: user)
    }
    return status.mode & 0o022 == 0 ? nil : .writable(status.mode)
  }

  /// What is wrong with a database file in a folder; nil when nothing is.
  func danger(ofDatabase status: FileStatus, in folder: FileStatus) -> UnsafeFile.Danger? {
    if status.owner != folder.owner, status.owner != user || user == 0 {
      return .belongsToAnother(status.owner, insteadOf: folder.owner)
    }
    return status.mode & 0o077 == 0 ? nil : .readable(status.mode)
  }

  /// Whether a master key may belong to this user; `folder` is the data directory, if there is one.
  func trusts(keyOwner owner: uid_t, folder: FileStatus?) -> Bool {
    owner == 0 || owner == user || user == 0 && owner == folder?.owner
  }

  /// What is wrong with a configuration file; nil when nothing is.
  ///
  /// A group may share it. One that was only found in the working directory must not be somebody else's.
  func danger(ofConfiguration status: FileStatus, isNamed: Bool) -> UnsafeFile.Danger? {
    if !isNamed, status.owner != user, status.owner != 0 {
      return .belongsToAnother(status.owner, insteadOf: user)
    }
    return status.mode & 0o002 == 0 ? nil : .writable(status.mode)
  }
}
