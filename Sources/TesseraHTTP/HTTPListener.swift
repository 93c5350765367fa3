package import TesseraCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where to listen, and what is spoken there.
package struct HTTPListener: Sendable {
  /// Where connections are accepted.
  package enum Place: Sendable, Equatable {
    /// An address of this machine; port 0 lets the system choose.
    case address(host: String, port: Int)
    /// A socket that listens already; it is closed when the server stops, or does not start.
    case socket(CInt, isUnix: Bool)
  }

  package enum Kind: Sendable {
    /// HTTP/1.1 without TLS.
    case plain
    /// HTTP/1.1 over TLS.
    case tls(TLSCredentials)
    /// HTTP/1.1 without TLS, whose requests are all refused: the server is at this URL.
    case plainRefusal(url: @Sendable () -> String)
  }

  package let place: Place
  package let kind: Kind
  /// From whom connections have to come, each with a PROXY header that says for whom; nil when they come without.
  package var announcers: [AddressRange]?

  package init(_ place: Place, kind: Kind, announcers: [AddressRange]? = nil) {
    self.place = place
    self.kind = kind
    self.announcers = announcers
  }

  package init(host: String, port: Int, kind: Kind = .plain) {
    self.init(.address(host: host, port: port), kind: kind)
  }

  /// The host; empty for a socket that listens already.
  package var host: String {
    if case .address(let host, _) = place { host } else { "" }
  }

  /// The port; 0 where the system chooses.
  package var port: Int {
    if case .address(_, let port) = place { port } else { 0 }
  }

  var isUnix: Bool {
    if case .socket(_, let isUnix) = place { isUnix } else { false }
  }

  /// Closes a socket at which nobody has begun to accept.
  func closeSocket() {
    if case .socket(let descriptor, _) = place { close(descriptor) }
  }

  var isTLS: Bool {
    if case .tls = kind { true } else { false }
  }
}

/// An address that the system does not let us listen at.
package struct CannotListen: Error {
  package let listener: HTTPListener
  /// What the system says, such as `EADDRINUSE`.
  package let errorNumber: CInt
}
