/// The URL of a listener.
struct ServerURL {
  let host: String
  let port: Int

  /// An IPv6 address stands in brackets (RFC 3986 §3.2.2).
  var text: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
