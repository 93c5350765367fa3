import Foundation
import TesseraCore

/// A Unix socket to listen at.
struct UnixSocket: Sendable {
  let path: String
  let mode: mode_t
  /// `user`, `user:group` or `:group`; empty to leave it as it is.
  let owner: String

  /// The bytes of a path that the system takes, without the one that ends it.
  static let maximumPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// Looks whether it can be opened, and changes nothing.
  func check() throws(ListeningProblem) {
    _ = try ownerIDs()
    close(try lockFolder())
    _ = try isStale()
  }

  /// A socket that listens at its path.
  ///
  /// One that a process left behind is replaced; one of a process that lives is not.
  func open() throws(ListeningProblem) -> CInt {
    let ids = try ownerIDs()
    // Two that start at the same time look one after the other.
    let folder = try lockFolder()
    defer { close(folder) }
    try removeStale()
    let descriptor = try UnixSocket.make(path)
    do throws(ListeningProblem) {
      guard withAddress({ bind(descriptor, $0, $1) }) == 0 else { throw .failed(path, .last) }
      // Before it listens nobody can connect.
      guard chmod(path, mode) == 0 else { throw .failed(path, .last) }
      if let ids, chown(path, ids.user, ids.group) != 0 { throw .ownerRefused(path, .last) }
      guard listen(descriptor, 1024) == 0 else { throw .failed(path, .last) }
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// Removes the name of a socket of ours that is closed, unless another process has put its own there.
  func remove() {
    guard let folder = try? lockFolder() else { return }
    defer { close(folder) }
    try? removeStale()
  }

  private func lockFolder() throws(ListeningProblem) -> CInt {
    guard path.utf8.count <= UnixSocket.maximumPath else {
      throw .pathTooLong(path, limit: UnixSocket.maximumPath)
    }
    let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
    let descriptor = Foundation.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else { throw .failed(path, .last) }
    return descriptor
  }

  private func removeStale() throws(ListeningProblem) {
    guard try isStale() else { return }
    guard unlink(path) == 0 else { throw .failed(path, .last) }
  }

  /// Whether a socket is there at which nobody listens; false when there is nothing.
  private func isStale() throws(ListeningProblem) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      guard errno == ENOENT else { throw .failed(path, .last) }
      return false
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
    let descriptor = try UnixSocket.make(path)
    defer { close(descriptor) }
    guard withAddress({ connect(descriptor, $0, $1) }) != 0, errno == ECONNREFUSED else { throw .taken(path) }
    return true
  }

  private static func make(_ path: String) throws(ListeningProblem) -> CInt {
    #if canImport(Glibc)
      let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    #else
      let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else { throw .failed(path, .last) }
    return descriptor
  }

  private func withAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  // MARK: The owner

  static func isOwner(_ text: String) -> Bool {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return text.isEmpty || !parts.allSatisfy(\.isEmpty) && parts.last != ""
  }

  private func ownerIDs() throws(ListeningProblem) -> (user: uid_t, group: gid_t)? {
    guard !owner.isEmpty else { return nil }
    let parts = owner.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    // All bits set: leave it as it is.
    var ids = (user: uid_t.max, group: gid_t.max)
    if !parts[0].isEmpty {
      guard let entry = getpwnam(parts[0]) else { throw .unknownOwner(owner) }
      ids.user = entry.pointee.pw_uid
    }
    if parts.count == 2 {
      guard let entry = getgrnam(parts[1]) else { throw .unknownOwner(owner) }
      ids.group = entry.pointee.gr_gid
    }
    return ids
  }
}
