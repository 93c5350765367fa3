/// The URL of a listener.
package struct ServerURL {
  let host: String
  let port: Int

  /// The URL of what listens at this host and port.
  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// An IPv6 address stands in brackets (RFC 3986 §3.2.2).
  package var text: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

  /// The same for who wants to connect: a listener at every address is reached at the loopback one.
  var reachable: ServerURL {
    switch host {
    case "0.0.0.0": ServerURL(host: "127.0.0.1", port: port)
    case "::": ServerURL(host: "::1", port: port)
    default: self
    }
  }
}
