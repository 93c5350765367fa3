import Foundation
import TesseraCore

/// A socket that a service manager listens at and hands over (sd_listen_fds): it goes on to listen while a server is
/// replaced by the next.
struct InheritedSocket: Sendable, Equatable {
  /// No more are taken.
  static let limit = 64
  private static let first: CInt = 3

  let descriptor: CInt
  /// Its name in the socket unit.
  let name: String
  let isUnix: Bool
  /// Where it listens; nil for a Unix socket.
  let address: SourceAddress?
  let port: Int

  /// Those that were handed to this process.
  ///
  /// None when they were meant for another, such as the one that started this one.
  static func all(
    _ environment: [String: String] = ProcessInfo.processInfo.environment,
    process: pid_t = getpid()
  ) throws(ListeningProblem) -> [InheritedSocket] {
    guard let count = environment["LISTEN_FDS"], environment["LISTEN_PID"] == String(process) else {
      return []
    }
    guard let count = CInt(count), (1...CInt(limit)).contains(count) else { throw .badHandover(count) }
    let names = (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
    var sockets: [InheritedSocket] = []
    for index in 0..<count {
      let name = Int(index) < names.count ? String(names[Int(index)]) : ""
      sockets.append(try InheritedSocket(descriptor: first + index, name: name))
    }
    return sockets
  }

  init(descriptor: CInt, name: String) throws(ListeningProblem) {
    self.descriptor = descriptor
    self.name = name
    #if canImport(Glibc)
      let stream = CInt(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    guard InheritedSocket.option(SO_TYPE, of: descriptor) == stream,
      InheritedSocket.option(SO_ACCEPTCONN, of: descriptor) == 1
    else { throw .notListening(descriptor: descriptor, name: name) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard result == 0 else { throw .notListening(descriptor: descriptor, name: name) }
    let bytes = withUnsafeBytes(of: storage) { Array($0) }
    switch CInt(storage.ss_family) {
    case AF_UNIX:
      (isUnix, address, port) = (true, nil, 0)
    // The port and the address, in network order, are where the system has had them since 1983.
    case AF_INET:
      (isUnix, address, port) = (
        false, SourceAddress(bytes: Array(bytes[4..<8])), Int(bytes[2]) << 8 | Int(bytes[3])
      )
    case AF_INET6:
      (isUnix, address, port) = (
        false, SourceAddress(bytes: Array(bytes[8..<24])), Int(bytes[2]) << 8 | Int(bytes[3])
      )
    default: throw .notListening(descriptor: descriptor, name: name)
    }
  }

  private static func option(_ name: CInt, of descriptor: CInt) -> CInt? {
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }
}
