import Foundation
import TesseraCore

/// Sends messages as datagrams, each one a message (RFC 5426 §3.1).
///
/// Of a socket of this machine it is known that they were taken. On a network it is known only that nobody has said that
/// they were not.
struct SyslogDatagrams: Sendable {
  enum Place: Sendable {
    case unix(path: String)
    case udp(host: String, port: Int)
  }

  /// How long a socket may keep a sender waiting, in seconds.
  private static let patience = 5

  private let place: Place

  init(_ place: Place) {
    self.place = place
  }

  func send(_ messages: [[UInt8]]) async throws(DeliveryFailure) {
    try await BlockingWork.run { () throws(DeliveryFailure) in try sendNow(messages) }
  }

  private func sendNow(_ messages: [[UInt8]]) throws(DeliveryFailure) {
    let descriptor = try connected()
    defer { close(descriptor) }
    var patience = timeval(tv_sec: SyslogDatagrams.patience, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    for message in messages {
      guard Foundation.send(descriptor, message, message.count, SyslogDatagrams.flags) == message.count else {
        throw SyslogDatagrams.failure()
      }
    }
    // What a network has answered so far, such as that nobody listens.
    var (error, length) = (CInt(0), socklen_t(MemoryLayout<CInt>.size))
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
    guard error == 0 else { throw SyslogDatagrams.failure(error) }
  }

  #if canImport(Darwin)
    private static let flags: CInt = 0
  #else
    private static let flags = CInt(MSG_NOSIGNAL)
  #endif

  private static func failure(_ error: CInt = errno) -> DeliveryFailure {
    DeliveryFailure("syslog cannot be reached: \(SystemError(code: error))")
  }

  private func connected() throws(DeliveryFailure) -> CInt {
    switch place {
    case .unix(let path):
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
      return try withUnsafePointer(to: address) { pointer throws(DeliveryFailure) in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address throws(DeliveryFailure) in
          try SyslogDatagrams.connected(AF_UNIX, address, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
    case .udp(let host, let port):
      var hints = addrinfo()
      hints.ai_socktype = SyslogDatagrams.datagrams
      var found: UnsafeMutablePointer<addrinfo>?
      let result = getaddrinfo(host, String(port), &hints, &found)
      defer { if let found { freeaddrinfo(found) } }
      guard result == 0, let first = found, let address = first.pointee.ai_addr else {
        throw DeliveryFailure("syslog cannot be reached: no address is known of its host")
      }
      return try SyslogDatagrams.connected(first.pointee.ai_family, address, first.pointee.ai_addrlen)
    }
  }

  private static func connected(
    _ family: CInt,
    _ address: UnsafePointer<sockaddr>,
    _ length: socklen_t
  ) throws(DeliveryFailure) -> CInt {
    let descriptor = socket(family, datagrams | closeOnExec, 0)
    guard descriptor >= 0 else { throw failure() }
    guard connect(descriptor, address, length) == 0 else {
      let error = errno
      close(descriptor)
      throw failure(error)
    }
    return descriptor
  }

  #if canImport(Glibc)
    private static let datagrams = CInt(SOCK_DGRAM.rawValue)
    private static let closeOnExec = CInt(SOCK_CLOEXEC.rawValue)
  #else
    private static let datagrams = SOCK_DGRAM
    private static let closeOnExec: CInt = 0
  #endif
}
