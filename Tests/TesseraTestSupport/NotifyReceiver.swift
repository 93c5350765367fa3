import Foundation

/// What a service manager hears, at a datagram socket of its own.
package final class NotifyReceiver: Sendable {
  private let descriptor: CInt
  private let path: String?
  /// What `NOTIFY_SOCKET` is for who is to be heard.
  package let name: String

  /// One with a name in the file system, which can be chosen, or with an abstract one, which only Linux has.
  package init(isAbstract: Bool = false, at place: String? = nil) throws {
    let unique = "tessera-\(UUID().uuidString.prefix(13))"
    path = isAbstract ? nil : place ?? "/tmp/\(unique)"
    name = path ?? "@\(unique)"
    descriptor = socket(
      AF_UNIX,
      CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue),
      0
    )
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    if isAbstract { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = MemoryLayout<sa_family_t>.size + bytes.count
    let result = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(length))
      }
    }
    guard result == 0 else { throw CannotBind(error: errno) }
  }

  deinit {
    close(descriptor)
    if let path { unlink(path) }
  }

  struct CannotBind: Error {
    let error: CInt
  }

  /// What was said next, if something was.
  package func message() -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
  }

  /// What is said next.
  package func next() async throws -> String {
    var heard: String?
    try await wait {
      heard = self.message()
      return heard != nil
    }
    return heard ?? ""
  }
}
