import Foundation

/// The socket at which a service manager hears how a service fares (sd_notify).
///
/// A service manager that does not listen changes nothing for the server.
struct NotifySocket: Sendable {
  /// How long it may keep a sender waiting, in seconds.
  private static let patience = 1

  /// A path, or a name that begins with a zero (an abstract socket of Linux).
  private let name: [UInt8]

  /// That of the service manager that started this process; nil for none.
  init?(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
    guard var name = environment["NOTIFY_SOCKET"].map({ Array($0.utf8) }),
      (2...UnixSocket.maximumPath).contains(name.count)
    else { return nil }
    switch name[0] {
    case UInt8(ascii: "/"): break
    case UInt8(ascii: "@"): name[0] = 0
    default: return nil
    }
    self.name = name
  }

  /// Says what has become of the service, one `NAME=VALUE` a line.
  func send(_ lines: String...) {
    #if canImport(Glibc)
      let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    #else
      let descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
    #endif
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var patience = timeval(tv_sec: NotifySocket.patience, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    // An abstract name ends with the address, not with a zero.
    let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + name.count } ?? 0
    let message = Array(lines.joined(separator: "\n").utf8)
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(descriptor, message, message.count, 0, $0, socklen_t(length))
      }
    }
  }
}
