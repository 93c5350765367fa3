/// Where a request goes, without its query (RFC 9449 §4.2 `htu`), normalised as far as RFC 3986 §6.2.2 and §6.2.3 say so
/// without looking into the path.
struct TargetURI: Sendable, Hashable {
  /// Scheme and authority (RFC 6454 §4).
  let origin: String
  /// Scheme, authority and path.
  let text: String

  /// Nil for what is no absolute `http` or `https` URL.
  init?(_ url: String) {
    guard let colon = url.firstRange(of: "://") else { return nil }
    let scheme = url[..<colon.lowerBound].lowercased()
    let defaultPort = ["http": ":80", "https": ":443"][scheme]
    guard let defaultPort else { return nil }
    let rest = url[colon.upperBound...].prefix { $0 != "?" && $0 != "#" }
    let (authority, path) = (rest.prefix { $0 != "/" }, rest.drop { $0 != "/" })
    // User information is no part of what a server sees.
    var host = (authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority)
      .lowercased()
    if host.hasSuffix(defaultPort) { host.removeLast(defaultPort.count) }
    guard !host.isEmpty else { return nil }
    origin = "\(scheme)://\(host)"
    text = origin + (path.isEmpty ? "/" : path)
  }
}
