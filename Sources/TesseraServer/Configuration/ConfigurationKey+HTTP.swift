import TesseraHTTP

extension ConfigurationKey {
  /// What concerns the public listener, a part of `all`.
  static let http: [ConfigurationKey] = [
    .text(
      "http.host",
      \.http.host,
      allowed: "an IP address or localhost",
      "The address that the server listens at. One beyond loopback requires http.behind-tls-proxy.",
      isAllowed: ListenAddress.isAllowed
    ),
    .integer(
      "http.port",
      \.http.port,
      0...65_535,
      flag: "--port",
      "The port that the server listens at; 0 for any free port."
    ),
    .boolean(
      "http.behind-tls-proxy",
      \.http.isBehindTLSProxy,
      "Whether clients reach the server through a reverse proxy that speaks TLS with them."
    ),
    .addressRanges(
      "http.trusted-proxies",
      \.http.trustedProxies,
      "The proxies that requests have to come from, and whose word on a caller's address counts, when "
        + "http.behind-tls-proxy is true. Their own addresses, not those of a network with callers in it."
    ),
    .integer(
      "http.proxy-hops",
      \.http.proxyHops,
      1...16,
      "How many proxies in a row a request comes through, when http.behind-tls-proxy is true; each has to append its "
        + "caller to X-Forwarded-For."
    ),
    .texts(
      "http.cors-origins",
      \.http.corsOrigins,
      allowed:
        "a list of origins as browsers send them, such as https://app.example.com: https, or http of a "
        + "loopback host, in lower case, with a port only if it is not the default, and without a path",
      "The origins of web pages that may ask the token endpoints from a browser (CORS). A secret in a page is no "
        + "secret: it is for pages that their users give one to, and for trying out.",
      isAllowed: WebOrigin.isAllowed
    ),
    .integer(
      "http.max-connections",
      \.http.limits.maximumConnections,
      1...1_000_000,
      "The largest number of connections. For one more, the longest idle one is closed; if none is idle, it is answered 503."
    ),
    .integer(
      "http.request-timeout",
      \.http.limits.requestTimeout,
      1...3600,
      unit: "seconds",
      "The longest a request may take, from its first byte to its answer."
    ),
    .integer(
      "http.idle-timeout",
      \.http.limits.idleTimeout,
      1...86_400,
      unit: "seconds",
      "How long a connection without a request stays open."
    ),
    .integer(
      "http.drain-timeout",
      \.http.limits.drainTimeout,
      0...3600,
      unit: "seconds",
      "How long requests in flight may take once the server stops."
    ),
    .integer(
      "http.threads",
      \.http.threads,
      0...1024,
      "How many threads answer requests; 0 for one per core."
    ),
  ]
}
