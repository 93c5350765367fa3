import Foundation
import Testing

/// A port of this machine that is bound, so that nobody else gets it, and not listened at.
final class UnusedPort: Sendable {
  let number: UInt16
  let descriptor: Int32

  init() throws {
    #if canImport(Glibc)
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
      }
    }
    try #require(isBound)
    number = UInt16(bigEndian: address.sin_port)
  }

  /// A port that was free a moment ago, for a program that cannot be given one that is bound.
  static func given() throws -> UInt16 { try UnusedPort().number }

  deinit { close(descriptor) }
}
