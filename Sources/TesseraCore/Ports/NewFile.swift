#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a file or folder of ours is given when it is made, whatever the umask says and whoever makes it.
package enum NewFile {
  /// Gives an open file, which was just made, the mode of a secret and the owner of its folder.
  ///
  /// Only root can make files for others. A file that root made in the folder of a service would lock the service out.
  /// Returns 0, or -1 with `errno` set.
  package static func settle(_ descriptor: Int32, in folder: String) -> Int32 {
    guard fchmod(descriptor, 0o600) == 0 else { return -1 }
    guard geteuid() == 0 else { return 0 }
    var status = stat()
    guard stat(folder, &status) == 0 else { return -1 }
    return fchown(descriptor, status.st_uid, status.st_gid)
  }

  /// Does the same to a folder, for its owner only.
  package static func settleFolder(_ path: String, in parent: String) -> Int32 {
    guard chmod(path, 0o700) == 0 else { return -1 }
    guard geteuid() == 0 else { return 0 }
    var status = stat()
    guard stat(parent, &status) == 0 else { return -1 }
    return lchown(path, status.st_uid, status.st_gid)
  }

  /// The folder that a path is in.
  package static func folder(of path: String) -> String {
    var path = Substring(path)
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
