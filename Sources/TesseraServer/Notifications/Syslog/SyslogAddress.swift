import TesseraCore

/// Where syslog is listened to.
package enum SyslogAddress: Sendable, Equatable {
  /// A datagram socket of this machine, such as `/dev/log`.
  case unix(path: String)
  /// Datagrams (RFC 5426).
  case udp(host: String, port: Int)
  /// A stream, each message after its length (RFC 6587 §3.4.1).
  case tcp(host: String, port: Int)
  /// The same inside of TLS (RFC 5425).
  case tls(host: String, port: Int)

  /// Nil for what is neither the path of a socket nor such a URL.
  package init?(_ text: String) {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    if text.hasPrefix("/") {
      guard text.utf8.count <= UnixSocket.maximumPath else { return nil }
      self = .unix(path: text)
      return
    }
    guard
      let match = text.wholeMatch(
        of: /(udp|tcp|tls):\/\/(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]+))?/
      )
    else { return nil }
    let host = String(match.2 ?? match.3 ?? "")
    guard host.utf8.count <= 253, match.2 == nil || SourceAddress(host) != nil else { return nil }
    let usual = match.1 == "tls" ? 6514 : 514
    let port = match.4.map { Int($0) ?? 0 } ?? usual
    guard (1...65_535).contains(port) else { return nil }
    switch match.1 {
    case "udp": self = .udp(host: host, port: port)
    case "tcp": self = .tcp(host: host, port: port)
    default: self = .tls(host: host, port: port)
    }
  }
}

extension SyslogAddress: CustomStringConvertible {
  package var description: String {
    func url(_ scheme: String, _ host: String, _ port: Int) -> String {
      "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
    return switch self {
    case .unix(let path): path
    case .udp(let host, let port): url("udp", host, port)
    case .tcp(let host, let port): url("tcp", host, port)
    case .tls(let host, let port): url("tls", host, port)
    }
  }
}

/// What a message is of (RFC 5424 §6.2.1).
package enum SyslogFacility: String, Sendable, CaseIterable {
  case user, daemon, auth, authpriv, local0, local1, local2, local3, local4, local5, local6, local7

  var code: Int {
    switch self {
    case .user: 1
    case .daemon: 3
    case .auth: 4
    case .authpriv: 10
    case .local0: 16
    case .local1: 17
    case .local2: 18
    case .local3: 19
    case .local4: 20
    case .local5: 21
    case .local6: 22
    case .local7: 23
    }
  }
}
