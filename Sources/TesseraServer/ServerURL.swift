/// The URL of a listener.
package struct ServerURL {
  let scheme: String
  package let host: String
  package let port: Int

  /// The URL of what listens at this host and port.
  package init(scheme: String = "http", host: String, port: Int) {
    self.scheme = scheme
    self.host = host
    self.port = port
  }

  /// An IPv6 address stands in brackets (RFC 3986 §3.2.2).
  package var text: String { "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

  /// The same for who wants to connect: a listener at every address is reached at the loopback one.
  var reachable: ServerURL {
    switch host {
    case "0.0.0.0": ServerURL(scheme: scheme, host: "127.0.0.1", port: port)
    case "::": ServerURL(scheme: scheme, host: "::1", port: port)
    default: self
    }
  }
}
